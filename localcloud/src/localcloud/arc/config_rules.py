"""Safety rules."""

from __future__ import annotations

import secrets
from typing import Any

from localcloud.arc.config_base import ConfigBase, check_name, check_unique
from localcloud.arc.errors import invalid, quota
from localcloud.arc.model import ControlPanel, RoutingControl, SafetyRule
from localcloud.gateway.identify import Call

# https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.quotas.html
MAX_RULES_PER_PANEL = 20


class SafetyRuleApi(ConfigBase):
    def create_safety_rule(self, call: Call, **params: Any) -> dict[str, Any]:
        return self._answer(self._once(call, params, self._new_rule))

    def _new_rule(self, params: dict[str, Any]) -> SafetyRule:
        asked = _one_of(params, "AssertionRule", "GatingRule")
        panel = self._arc.get(ControlPanel, asked["ControlPanelArn"])
        self._require_deployed(panel)
        siblings = self._in_panel(panel.arn)
        if len(siblings) >= MAX_RULES_PER_PANEL:
            raise quota(f"A control panel can have {MAX_RULES_PER_PANEL} safety rules.")
        name = check_name(asked["Name"])
        check_unique(name, siblings)
        rule = SafetyRule(
            arn=f"{panel.arn}/safetyrule/{secrets.token_hex(8)}",
            name=name,
            made_at=self._arc.clock.now(),
            deploy_seconds=self._arc.delays.other,
            panel_arn=panel.arn,
            controls=tuple(asked.get("AssertedControls") or asked.get("TargetControls") or ()),
            gating_controls=tuple(asked.get("GatingControls") or ()),
            config=dict(asked["RuleConfig"]),
            wait_period_ms=_wait_period(asked),
        )
        self._check_controls(rule, gating="GatingRule" in params)
        return rule

    def _check_controls(self, rule: SafetyRule, *, gating: bool) -> None:
        if not rule.controls or gating != rule.is_gating:
            raise invalid("A safety rule needs routing controls.")
        for arn in rule.controls + rule.gating_controls:
            if self._arc.get(RoutingControl, arn).panel_arn != rule.panel_arn:
                raise invalid(f"{arn} is not in the control panel of the safety rule.")
        counted = rule.gating_controls or rule.controls
        if rule.config["Type"] not in ("ATLEAST", "AND", "OR"):
            raise invalid("The rule's type is ATLEAST, AND or OR.")
        if rule.config["Type"] == "ATLEAST" and not 1 <= rule.config["Threshold"] <= len(counted):
            raise invalid("Threshold must be between 1 and the number of routing controls.")

    def describe_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        return self._answer(self._arc.get(SafetyRule, params["SafetyRuleArn"]))

    def list_safety_rules(self, _call: Call, **params: Any) -> dict[str, Any]:
        panel = self._arc.get(ControlPanel, params["ControlPanelArn"])
        rules = [
            {"GATING" if rule.is_gating else "ASSERTION": self._rule(rule)}
            for rule in self._in_panel(panel.arn)
        ]
        return {"SafetyRules": rules}

    def update_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        """ "You can only update the name and the waiting period for a safety rule." """
        asked = _one_of(params, "AssertionRuleUpdate", "GatingRuleUpdate")
        rule = self._arc.get(SafetyRule, asked["SafetyRuleArn"])
        if rule.is_gating != ("GatingRuleUpdate" in params):
            raise invalid("The safety rule is of the other type.")
        name = check_name(asked["Name"])
        check_unique(name, [other for other in self._in_panel(rule.panel_arn) if other is not rule])
        rule.name, rule.wait_period_ms = name, _wait_period(asked)
        return self._answer(rule)

    def delete_safety_rule(self, _call: Call, **params: Any) -> dict[str, Any]:
        return self._delete(self._arc.get(SafetyRule, params["SafetyRuleArn"]))

    def _answer(self, rule: SafetyRule) -> dict[str, Any]:
        return {"GatingRule" if rule.is_gating else "AssertionRule": self._rule(rule)}

    def _rule(self, rule: SafetyRule) -> dict[str, Any]:
        described = self._described(rule) | {
            "ControlPanelArn": rule.panel_arn,
            "RuleConfig": rule.config,
            "SafetyRuleArn": rule.arn,
            "WaitPeriodMs": rule.wait_period_ms,
        }
        if rule.is_gating:
            described["GatingControls"] = list(rule.gating_controls)
            described["TargetControls"] = list(rule.controls)
        else:
            described["AssertedControls"] = list(rule.controls)
        return described

    def _in_panel(self, panel_arn: str) -> list[Any]:
        return [rule for rule in self._arc.every(SafetyRule) if rule.panel_arn == panel_arn]


def _one_of(params: dict[str, Any], first: str, second: str) -> dict[str, Any]:
    given = [params[name] for name in (first, second) if params.get(name)]
    if len(given) != 1:
        raise invalid(f"Give exactly one of {first} and {second}.")
    return dict(given[0])


def _wait_period(asked: dict[str, Any]) -> int:
    if asked["WaitPeriodMs"] < 0:
        raise invalid("WaitPeriodMs must not be negative.")
    return int(asked["WaitPeriodMs"])
