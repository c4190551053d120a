"""Whether a safety rule allows a change of routing control states.

Semantics: https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.safety-rules.html and
the API's own texts. An assertion rule looks at the states as they would be after the transaction.
``WaitPeriodMs`` is "an evaluation period, during which any request against the target routing
controls will fail". AWS does not say what starts it; here it is the last change of state of a
control that the rule guards.
"""

from collections.abc import Mapping

from localcloud.arc.model import SafetyRule, State


def reason_against(
    rule: SafetyRule,
    before: Mapping[str, State],
    changes: Mapping[str, State],
    seconds_since_change: float | None,
) -> str | None:
    """Return why ``rule`` forbids ``changes``; its controls may never have changed before."""
    if not changes.keys() & set(rule.controls):
        return None
    if seconds_since_change is not None and seconds_since_change * 1000 < rule.wait_period_ms:
        return f"its wait period of {rule.wait_period_ms} ms has not passed"
    after = {**before, **changes}
    if not holds(rule, [after[control] for control in rule.controls]):
        return "its assertion would not hold after this change"
    return None


def holds(rule: SafetyRule, states: list[State]) -> bool:
    """Evaluate AND (all are On), OR (one is) or ATLEAST (``Threshold`` are), or ``Inverted``."""
    on = states.count("On")
    kind = rule.rule_config["Type"]
    needed = {"AND": len(states), "OR": 1}.get(kind, rule.rule_config["Threshold"])
    return bool((on >= needed) != rule.rule_config["Inverted"])
