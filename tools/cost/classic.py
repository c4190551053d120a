"""The classic design: the same states, all of them in Standard executions."""

from __future__ import annotations

from collections import defaultdict

from tools.cost.usage import Line, Usage

_EXPRESS = ("states:ExpressRequests", "states:ExpressGBSeconds")


def with_standard_workflows(usage: Usage) -> Usage:
    """The usage with a transition for each state that an Express execution entered."""
    amounts: defaultdict[Line, float] = defaultdict(float)
    for line, amount in usage.items():
        if line.unit == "states:ExpressStates":
            amounts[line._replace(unit="states:Transitions")] += amount
        elif line.unit not in _EXPRESS:
            amounts[line] += amount
    return dict(amounts)
