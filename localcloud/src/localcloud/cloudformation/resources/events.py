"""Amazon EventBridge: rules with their targets."""

from localcloud.cloudformation.resources.api_calls import Calls, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import ResourceContext, ignore_missing, names, pick

_MISSING = "ResourceNotFoundException"


class Rule(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Set the rule's targets."""
        before, after = context.previous, context.properties
        rule = {"Rule": context.physical_id, **pick(before or after, "EventBusName")}
        targets = after.get("Targets", [])
        ids = {item["Id"] for item in before.get("Targets", [])} - {item["Id"] for item in targets}
        if ids:
            ignore_missing(self.client(context).remove_targets, _MISSING, Ids=sorted(ids), **rule)
        if targets:
            self.client(context).put_targets(Targets=targets, **rule)

    def delete(self, context: ResourceContext) -> None:
        """Remove the targets first, as EventBridge requires."""
        self.set_children(context.emptied())
        super().delete(context)


PROVIDERS = (
    Rule(
        type="AWS::Events::Rule",
        supported=names(
            "Description EventBusName EventPattern Name ScheduleExpression State Targets"
        ),
        calls=Calls("put_rule", "delete_rule", "describe_rule", lookup="describe_rule"),
        unique_name="Name",
        name_limit=64,
        updates=(Update("put_rule"),),
        also_changeable=names("Targets"),
        attributes={"RuleName": "{id}"},
        described="@",
    ),
)
