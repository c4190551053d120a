"""Amazon EventBridge: rules with their targets."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_resource import ApiResource, Calls, Update
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    ignore_missing,
    names,
    pick,
)

_MISSING = "ResourceNotFoundException"


class Rule(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Set the rule's targets."""
        targets = context.properties.get("Targets", [])
        self._remove(context, context.previous, {item["Id"] for item in targets})
        if targets:
            bus = pick(context.properties, "EventBusName")
            self.client(context).put_targets(Rule=context.physical_id, Targets=targets, **bus)

    def delete(self, context: ResourceContext) -> None:
        """Remove the targets first, as EventBridge requires."""
        self._remove(context, context.properties, set())
        super().delete(context)

    def _remove(self, context: ResourceContext, properties: Properties, keep: set[str]) -> None:
        dropped = [item["Id"] for item in properties.get("Targets", []) if item["Id"] not in keep]
        if dropped:
            rule = {"Rule": context.physical_id, **pick(properties, "EventBusName")}
            ignore_missing(self.client(context).remove_targets, _MISSING, Ids=dropped, **rule)


PROVIDERS = (
    Rule(
        type="AWS::Events::Rule",
        supported=names("Description EventBusName EventPattern Name State Targets"),
        service="events",
        calls=Calls("put_rule", "delete_rule", "describe_rule", lookup="describe_rule"),
        missing=_MISSING,
        key="Name",
        unique_name="Name",
        name_limit=64,
        updates=(Update("put_rule"),),
        also_changeable=names("Targets"),
        attributes={"RuleName": "{id}"},
        described="@",
    ),
)
