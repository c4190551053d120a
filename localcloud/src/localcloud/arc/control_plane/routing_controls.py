"""Routing controls, and the safety rules about them."""

import secrets
from typing import Any

from localcloud.arc.control_plane.base import ConfigBase, check_name
from localcloud.arc.errors import conflict, invalid, quota
from localcloud.arc.model import Cluster, ControlPanel, RoutingControl, SafetyRule
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call

# https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.quotas.html
MAX_CONTROLS_PER_PANEL = 100
MAX_CONTROLS_PER_CLUSTER = 300
MAX_RULES_PER_PANEL = 20


class RoutingControlApi(ConfigBase):
    def create_routing_control(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"RoutingControl": self._view(self._create(call, params, self._new_control))}

    def _new_control(self, params: dict[str, Any]) -> RoutingControl:
        cluster = self._deployed(Cluster, params["ClusterArn"])
        panel = next(panel for panel in self._arc.panels_of(cluster) if panel.is_default)
        if panel_arn := params.get("ControlPanelArn"):
            panel = self._arc.get(ControlPanel, panel_arn)
        if panel.cluster_arn != cluster.arn:
            raise invalid("The control panel belongs to another cluster.")
        siblings = self._arc.controls_in(self._deployed(ControlPanel, panel.arn).arn)
        if len(siblings) >= MAX_CONTROLS_PER_PANEL:
            raise quota(f"A control panel can have {MAX_CONTROLS_PER_PANEL} routing controls.")
        if len(self._arc.controls_of(cluster)) >= MAX_CONTROLS_PER_CLUSTER:
            raise quota(f"A cluster can have {MAX_CONTROLS_PER_CLUSTER} routing controls.")
        self._refuse_concurrent(cluster.arn)
        arn = f"{panel.arn}/routingcontrol/{secrets.token_hex(8)}"
        name = check_name(params["RoutingControlName"], siblings)
        return RoutingControl(arn, name, cluster.arn, panel.arn)

    def describe_routing_control(self, _call: Call, **params: Any) -> dict[str, Any]:
        control = self._arc.get(RoutingControl, params["RoutingControlArn"])
        return {"RoutingControl": self._view(control)}

    def list_routing_controls(self, _call: Call, **params: Any) -> dict[str, Any]:
        panel = self._arc.get(ControlPanel, params["ControlPanelArn"])
        return {"RoutingControls": [self._view(c) for c in self._arc.controls_in(panel.arn)]}

    def update_routing_control(self, _call: Call, **params: Any) -> dict[str, Any]:
        control = self._deployed(RoutingControl, params["RoutingControlArn"])
        siblings = self._arc.controls_in(control.control_panel_arn)
        self._rename(control, params["RoutingControlName"], siblings)
        return {"RoutingControl": self._view(control)}

    def delete_routing_control(self, _call: Call, **params: Any) -> dict[str, Any]:
        control = self._arc.get(RoutingControl, params["RoutingControlArn"])
        for rule in self._arc.all(SafetyRule):
            if control.arn in rule.controls:
                raise conflict(f"The safety rule {rule.arn} uses the routing control.")
        return self._delete(control)


class SafetyRuleApi(ConfigBase):
    def create_safety_rule(self, call: Call, **params: Any) -> dict[str, Any]:
        return self._answer(self._create(call, params, self._new_rule))

    def _new_rule(self, params: dict[str, Any]) -> SafetyRule:
        definition = _assertion_rule(params, "AssertionRule", "GatingRule")
        panel = self._deployed(ControlPanel, definition["ControlPanelArn"])
        siblings = self._arc.rules_in(panel.arn)
        if len(siblings) >= MAX_RULES_PER_PANEL:
            raise quota(f"A control panel can have {MAX_RULES_PER_PANEL} safety rules.")
        self._refuse_concurrent(panel.cluster_arn)
        rule = SafetyRule(
            arn=f"{panel.arn}/safetyrule/{secrets.token_hex(8)}",
            name=check_name(definition["Name"], siblings),
            cluster_arn=panel.cluster_arn,
            control_panel_arn=panel.arn,
            controls=definition["AssertedControls"],
            rule_config=definition["RuleConfig"],
            wait_period_ms=_wait_period(definition),
        )
        self._check_controls(rule)
        return rule

    def _check_controls(self, rule: SafetyRule) -> None:
        if not rule.controls:
            raise invalid("A safety rule needs routing controls.")
        for arn in rule.controls:
            if self._arc.get(RoutingControl, arn).control_panel_arn != rule.control_panel_arn:
                raise invalid(f"{arn} is not in the control panel of the safety rule.")
        kind, threshold = rule.rule_config["Type"], rule.rule_config["Threshold"]
        if kind == "ATLEAST" and not 1 <= threshold <= len(rule.controls):
            raise invalid("Threshold must be between 1 and the number of routing controls.")

    def describe_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        return self._answer(self._arc.get(SafetyRule, params["SafetyRuleArn"]))

    def update_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        """ "You can only update the name and the waiting period for a safety rule." """
        update = _assertion_rule(params, "AssertionRuleUpdate", "GatingRuleUpdate")
        rule = self._arc.get(SafetyRule, update["SafetyRuleArn"])
        wait_period_ms = _wait_period(update)
        self._rename(rule, update["Name"], self._arc.rules_in(rule.control_panel_arn))
        rule.wait_period_ms = wait_period_ms
        return self._answer(rule)

    def delete_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        return self._delete(self._arc.get(SafetyRule, params["SafetyRuleArn"]))

    def _answer(self, rule: SafetyRule) -> dict[str, Any]:
        return {"AssertionRule": self._view(rule) | {"AssertedControls": rule.controls}}


def _assertion_rule(params: dict[str, Any], member: str, other: str) -> dict[str, Any]:
    if (member in params) == (other in params):
        raise invalid(f"Give exactly one of {member} and {other}.")
    if other in params:
        raise not_emulated(f"gating rules of ARC ({other})")
    rule: dict[str, Any] = params[member]
    return rule


def _wait_period(definition: dict[str, Any]) -> int:
    if definition["WaitPeriodMs"] < 0:
        raise invalid("WaitPeriodMs must not be negative.")
    return int(definition["WaitPeriodMs"])
