"""The tables that `make cost` prints, and its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tools.cost.bill import Fit, by_service, dollars, per_million
from tools.cost.idle import IdleMonth
from tools.cost.measurement import Measurement
from tools.cost.prices import Prices


def as_text(
    measurements: Sequence[Measurement], fit: Fit | None, idle: IdleMonth, prices: Prices
) -> str:
    regions = ", ".join(prices.regions)
    parts = [f"List prices of {prices.date} in dollars ({regions}), without free tiers."]
    parts += [_measurement_text(measurement) for measurement in measurements]
    if fit:
        parts.append(_fit_text(fit))
    return "\n\n".join([*parts, _idle_text(idle)])


def _measurement_text(measurement: Measurement) -> str:
    """Units and dollars for a million records: with assumed durations, and as measured."""
    records, seconds = measurement.records, measurement.window.end - measurement.window.begin
    cost = dollars(measurement.assumed)
    head = f"{measurement.name}: {records:,} records, {seconds:.0f} s, ${cost:.5f}"
    if not records:
        return f"{head}\n  It counted no records."
    measured = {item.unit: item for item in measurement.measured}
    lines = [head, _row("for a million records", "units", "assumed", "measured")]
    for item in measurement.assumed:
        costs = [per_million(found.dollars, records) for found in (item, measured[item.unit])]
        units = f"{per_million(item.amount, records):,.1f}"
        lines.append(_row(item.unit, units, *(f"{cost:.4f}" for cost in costs)))
    for service, cost in by_service(measurement.assumed).items():
        lines.append(_row(service, "", f"{per_million(cost, records):.4f}"))
    sums = [dollars(items) for items in (measurement.assumed, measurement.measured)]
    lines.append(_row("together", "", *(f"{per_million(cost, records):.4f}" for cost in sums)))
    classic = per_million(dollars(measurement.classic), records)
    lines.append(_row("with Standard workflows only", "", f"{classic:.4f}"))
    return "\n".join(lines)


def _fit_text(fit: Fit) -> str:
    of_a_million = fit.per_file + fit.per_million
    return (
        f"By these runs a file costs ${fit.per_file:.5f} and a million records"
        f" ${fit.per_million:.2f}: a file of a million ${of_a_million:.2f}."
    )


def idle_rows(idle: IdleMonth) -> list[tuple[str, str, str]]:
    """What stands, how many of it, and its dollars."""
    rows = [(item.name, str(item.count), f"{item.dollars:.2f}") for item in idle.standing]
    rows.append(("Functions on a schedule", "", f"{idle.scheduled:.2f}"))
    rows.append(("Together", "", f"{idle.dollars:.2f}"))
    return rows


def _idle_text(idle: IdleMonth) -> str:
    lines = ["A month without a file, in both Regions:", _row("", "count", "dollars")]
    return "\n".join([*lines, *(_row(*row) for row in idle_rows(idle))])


def _row(name: str, units: str, *costs: str) -> str:
    return f"  {name:34}{units:>16}" + "".join(f"{cost:>12}" for cost in costs)


def as_json(
    measurements: Sequence[Measurement], fit: Fit | None, idle: IdleMonth, prices: Prices
) -> dict[str, Any]:
    return {
        "prices": {"date": prices.date, "regions": list(prices.regions)},
        "measurements": [_measurement_json(measurement) for measurement in measurements],
        "fit": asdict(fit) if fit else None,
        "idle_month": {
            "standing": [asdict(item) for item in idle.standing],
            "scheduled": idle.scheduled,
            "dollars": idle.dollars,
        },
    }


def _measurement_json(measurement: Measurement) -> dict[str, Any]:
    window, records = measurement.window, measurement.records
    kinds = {
        "assumed": measurement.assumed,
        "measured": measurement.measured,
        "classic": measurement.classic,
    }
    costs = {kind: dollars(items) for kind, items in kinds.items()}
    return {
        "name": measurement.name,
        "executions": list(window.executions),
        "begin": window.begin,
        "end": window.end,
        "records": records,
        "dollars": costs,
        "dollars_per_million": {kind: per_million(cost, records) for kind, cost in costs.items()}
        if records
        else None,
        "by_service": {kind: by_service(items) for kind, items in kinds.items()},
        "units": {item.unit: item.amount for item in measurement.measured},
    }
