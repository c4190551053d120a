"""Amazon Application Recovery Controller: clusters, control panels, routing controls, rules."""

from dataclasses import dataclass

from localcloud.cloudformation.resources.api_calls import Calls, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick


@dataclass(frozen=True, kw_only=True)
class ArcResource(ApiResource):
    """A resource whose creation and deletion take a while."""

    service: str = "route53-recovery-control-config"
    client_region: str | None = "us-west-2"
    missing: str = "ResourceNotFoundException"
    ready: str = "contains(*.Status, 'DEPLOYED')"

    def delete(self, context: ResourceContext) -> None:
        super().delete(context)
        subject = f"Deletion of {context.physical_id}"
        context.wait(lambda: not self.describe(context), subject)


class RoutingControl(ArcResource):
    """Its state is no property: no operation on a stack sets a routing control On or Off."""

    def api_properties(self, context: ResourceContext) -> Properties:
        """The cluster may be left out: it is that of the control panel."""
        properties = context.properties
        if "ClusterArn" in properties:
            return properties
        panel = pick(properties, "ControlPanelArn")
        answer = self.client(context).describe_control_panel(**panel)
        return {**properties, "ClusterArn": answer["ControlPanel"]["ClusterArn"]}


class SafetyRule(ArcResource):
    def api_properties(self, context: ResourceContext) -> Properties:
        """The rule is one member, in one form for its creation and in another for an update."""
        properties = context.properties
        own = pick(properties, "ControlPanelArn", "Name", "RuleConfig")
        rule = {**properties.get("AssertionRule", {}), **own}
        update = {**pick(rule, "Name", "WaitPeriodMs"), "SafetyRuleArn": context.physical_id}
        return {"AssertionRule": rule, "AssertionRuleUpdate": update, **pick(properties, "Tags")}


PROVIDERS = (
    ArcResource(
        type="AWS::Route53RecoveryControl::Cluster",
        supported=names("Name Tags"),
        calls=Calls("create_cluster", "delete_cluster", "describe_cluster"),
        key="ClusterArn",
        renamed={"Name": "ClusterName"},
        described="Cluster",
    ),
    ArcResource(
        type="AWS::Route53RecoveryControl::ControlPanel",
        supported=names("ClusterArn Name Tags"),
        calls=Calls("create_control_panel", "delete_control_panel", "describe_control_panel"),
        key="ControlPanelArn",
        renamed={"Name": "ControlPanelName"},
        updates=(Update("update_control_panel"),),
        described="ControlPanel",
    ),
    RoutingControl(
        type="AWS::Route53RecoveryControl::RoutingControl",
        supported=names("ClusterArn ControlPanelArn Name"),
        calls=Calls("create_routing_control", "delete_routing_control", "describe_routing_control"),
        key="RoutingControlArn",
        renamed={"Name": "RoutingControlName"},
        updates=(Update("update_routing_control"),),
        described="RoutingControl",
    ),
    SafetyRule(
        type="AWS::Route53RecoveryControl::SafetyRule",
        supported=names("AssertionRule ControlPanelArn Name RuleConfig Tags"),
        calls=Calls("create_safety_rule", "delete_safety_rule", "describe_safety_rule"),
        key="SafetyRuleArn",
        updates=(Update("update_safety_rule", "AssertionRule Name", sends_all=True),),
        described="AssertionRule",
    ),
)
