"""Safety rules."""

import secrets
from typing import Any

from localcloud.arc.control_plane.base import ConfigBase, check_name
from localcloud.arc.errors import invalid, quota
from localcloud.arc.model import ControlPanel, RoutingControl, SafetyRule
from localcloud.gateway.identify import Call

# https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.quotas.html
MAX_RULES_PER_PANEL = 20


class SafetyRuleApi(ConfigBase):
    def create_safety_rule(self, call: Call, **params: Any) -> dict[str, Any]:
        return self._answer(self._create(call, params, self._new_rule))

    def _new_rule(self, params: dict[str, Any]) -> SafetyRule:
        definition = _exactly_one(params, "AssertionRule", "GatingRule")
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
            controls=definition.get("AssertedControls") or definition.get("TargetControls") or [],
            gating_controls=definition.get("GatingControls") or [],
            rule_config=definition["RuleConfig"],
            wait_period_ms=_wait_period(definition),
        )
        self._check_controls(rule, gating="GatingRule" in params)
        return rule

    def _check_controls(self, rule: SafetyRule, *, gating: bool) -> None:
        if not rule.controls or gating != rule.is_gating:
            raise invalid("A safety rule needs routing controls.")
        for arn in rule.controls + rule.gating_controls:
            if self._arc.get(RoutingControl, arn).control_panel_arn != rule.control_panel_arn:
                raise invalid(f"{arn} is not in the control panel of the safety rule.")
        counted = rule.gating_controls or rule.controls
        kind, threshold = rule.rule_config["Type"], rule.rule_config["Threshold"]
        if kind not in ("ATLEAST", "AND", "OR"):
            raise invalid("The rule's type is ATLEAST, AND or OR.")
        if kind == "ATLEAST" and not 1 <= threshold <= len(counted):
            raise invalid("Threshold must be between 1 and the number of routing controls.")

    def describe_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        return self._answer(self._arc.get(SafetyRule, params["SafetyRuleArn"]))

    def list_safety_rules(self, _call: Call, **params: Any) -> dict[str, Any]:
        panel = self._arc.get(ControlPanel, params["ControlPanelArn"])
        rules = [
            {"GATING" if rule.is_gating else "ASSERTION": self._rule(rule)}
            for rule in self._arc.rules_in(panel.arn)
        ]
        return {"SafetyRules": rules}

    def update_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        """ "You can only update the name and the waiting period for a safety rule." """
        update = _exactly_one(params, "AssertionRuleUpdate", "GatingRuleUpdate")
        rule = self._arc.get(SafetyRule, update["SafetyRuleArn"])
        if rule.is_gating != ("GatingRuleUpdate" in params):
            raise invalid("The safety rule is of the other type.")
        wait_period_ms = _wait_period(update)
        self._rename(rule, update["Name"], self._arc.rules_in(rule.control_panel_arn))
        rule.wait_period_ms = wait_period_ms
        return self._answer(rule)

    def delete_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        return self._delete(self._arc.get(SafetyRule, params["SafetyRuleArn"]))

    def _answer(self, rule: SafetyRule) -> dict[str, Any]:
        return {"GatingRule" if rule.is_gating else "AssertionRule": self._rule(rule)}

    def _rule(self, rule: SafetyRule) -> dict[str, Any]:
        controls = dict.fromkeys(("AssertedControls", "TargetControls"), rule.controls)
        return self._view(rule) | controls


def _exactly_one(params: dict[str, Any], first: str, second: str) -> dict[str, Any]:
    values = [params[name] for name in (first, second) if params.get(name)]
    if len(values) != 1:
        raise invalid(f"Give exactly one of {first} and {second}.")
    return dict(values[0])


def _wait_period(definition: dict[str, Any]) -> int:
    if definition["WaitPeriodMs"] < 0:
        raise invalid("WaitPeriodMs must not be negative.")
    return int(definition["WaitPeriodMs"])
