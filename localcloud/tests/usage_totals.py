"""Sums of what was counted."""

from __future__ import annotations

from localcloud.usage import Usage


def total(usage: Usage, unit: str, resource: str | None = None, region: str | None = None) -> float:
    """The sum of all lines with these."""
    report = usage.report()
    return sum(
        float(amount)
        for (of, place, name), amount in zip(report["lines"], report["totals"], strict=True)
        if of == unit and resource in (None, name) and region in (None, place)
    )
