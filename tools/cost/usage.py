"""What was used, by unit, Region and resource, in a window of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Line(NamedTuple):
    unit: str
    region: str
    resource: str


Usage = Mapping[Line, float]


@dataclass(frozen=True)
class Window:
    """Executions of one or more runs: those that overlap are in one, as nothing tells them apart.

    Times are epoch seconds.
    """

    executions: tuple[str, ...]
    begin: float
    end: float
    usage: Usage


@dataclass(frozen=True)
class Span:
    """An execution, and the sums at its start and at its end where they are known."""

    name: str
    begin: float
    end: float
    before: Sequence[float] = ()
    after: Sequence[float] = ()


def windows_of(report: Mapping[str, Any], executions_of: str) -> list[Window]:
    """The windows of a report of the local cloud, oldest first.

    ``executions_of`` is a part of the execution's ARN. Executions that still run are left out.
    """
    lines = [Line(*line) for line in report["lines"]]
    spans = [
        Span(
            span["name"],
            span["begin"],
            span["end"],
            span["totals_at_begin"],
            span["totals_at_end"],
        )
        for span in report["spans"]
        if span["end"] is not None and executions_of in span["name"]
    ]
    return [_window(lines, group) for group in overlapping(spans)]


def overlapping(spans: Iterable[Span]) -> list[list[Span]]:
    """Groups of spans that overlap, directly or through others, in the order of their begin."""
    groups: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: span.begin):
        if groups and span.begin <= max(other.end for other in groups[-1]):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def difference(lines: Sequence[Line], before: Sequence[float], after: Sequence[float]) -> Usage:
    """What was added between two readings. A line without a number was not there yet: 0."""
    changes = {
        line: (after[number] if number < len(after) else 0.0)
        - (before[number] if number < len(before) else 0.0)
        for number, line in enumerate(lines)
    }
    return {line: amount for line, amount in changes.items() if amount}


def _window(lines: Sequence[Line], spans: Sequence[Span]) -> Window:
    last = max(spans, key=lambda span: span.end)
    usage = difference(lines, spans[0].before, last.after)
    return Window(tuple(span.name for span in spans), spans[0].begin, last.end, usage)


def total(usage: Usage, unit: str, resource_part: str = "") -> float:
    return sum(
        amount
        for line, amount in usage.items()
        if line.unit == unit and resource_part in line.resource
    )
