"""The same runs with another design: what was used, changed by calculation and not measured."""

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


def with_rest_api(usage: Usage) -> Usage:
    """The usage with each request to the HTTP API as one to a REST API."""
    return {_behind_rest(line): amount for line, amount in usage.items()}


def _behind_rest(line: Line) -> Line:
    is_request = line.unit == "apigateway:HttpRequests"
    return line._replace(unit="apigateway:RestRequests") if is_request else line
