"""How a safety rule counts states."""

from __future__ import annotations

import pytest

from localcloud.arc.model import SafetyRule, State
from localcloud.arc.safety import holds


@pytest.mark.parametrize(
    ("kind", "threshold", "inverted", "states", "expected"),
    [
        ("AND", 0, False, ["On", "On"], True),
        ("AND", 0, False, ["On", "Off"], False),
        ("OR", 0, False, ["On", "Off"], True),
        ("OR", 0, False, ["Off", "Off"], False),
        ("ATLEAST", 2, False, ["On", "Off", "On"], True),
        ("ATLEAST", 2, False, ["On", "Off", "Off"], False),
        ("ATLEAST", 2, True, ["On", "On", "Off"], False),
        ("OR", 0, True, ["Off", "Off"], True),
    ],
)
def test_a_rule_counts_the_controls_that_are_on(
    kind: str, threshold: int, inverted: bool, states: list[State], expected: bool
) -> None:
    config = {"Type": kind, "Threshold": threshold, "Inverted": inverted}
    rule = SafetyRule("r", "r", "cluster", "panel", [], config, wait_period_ms=0)
    assert holds(rule, states) is expected
