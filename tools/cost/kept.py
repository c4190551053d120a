"""Measurements that are kept in measured.json, for the table of docs/costs.md.

Their units are kept, not their dollars: prices and assumptions may change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.cost.assumptions import Assumptions
from tools.cost.bill import INFORMATION, fit
from tools.cost.measurement import Measurement, measure
from tools.cost.prices import Prices
from tools.cost.usage import Line, Window
from tools.format_json import format_text
from tools.harness.shell import outer_environment, run_command

FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True)
class Kept:
    """Runs of files of different sizes with one design, and the commit that ran."""

    name: str
    date: str
    commit: str
    measurements: list[Measurement]


def keep(name: str, measurements: Sequence[Measurement], prices: Prices, file: Path = FILE) -> None:
    """Add the measurements under a name, or replace those that have it."""
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    content[name] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _commit(),
        "windows": [_as_json(measurement, prices) for measurement in measurements],
    }
    file.write_text(format_text(json.dumps(content)), encoding="utf-8")


def read(prices: Prices, assumptions: Assumptions, file: Path = FILE) -> dict[str, Kept]:
    content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {
        name: Kept(
            name,
            entry["date"],
            entry["commit"],
            [_measurement(window, prices, assumptions) for window in entry["windows"]],
        )
        for name, entry in content.items()
    }


def services_of_a_million(kept: Kept, kind: str) -> dict[str, float]:
    """Dollars of a file of a million records by service; ``kind`` is assumed, classic or rest.

    A straight line through the measured files, one for each service.
    """
    services = {item.service for found in kept.measurements for item in getattr(found, kind)}
    return {service: _of_a_million(kept, kind, service) for service in sorted(services)}


def _of_a_million(kept: Kept, kind: str, service: str) -> float:
    points = [
        (
            found.files,
            found.records,
            sum(item.dollars for item in getattr(found, kind) if item.service == service),
        )
        for found in kept.measurements
    ]
    line = fit(points)
    if line is None:
        raise ValueError(f"{kept.name}: the files must be of different sizes")
    return line.per_file + line.per_million


def _as_json(measurement: Measurement, prices: Prices) -> dict[str, Any]:
    units = prices.used.keys() | INFORMATION
    usage = [
        [*line, round(amount, 6)]
        for line, amount in sorted(measurement.usage.items())
        if line.unit in units
    ]
    return {"files": measurement.files, "records": measurement.records, "usage": usage}


def _measurement(window: dict[str, Any], prices: Prices, assumptions: Assumptions) -> Measurement:
    names = tuple(f"file-{number}" for number in range(window["files"]))
    usage = {Line(*line): amount for *line, amount in window["usage"]}
    records = {names[0]: int(window["records"])}
    return measure(Window(names, 0.0, 0.0, usage), records, prices, assumptions)


def _commit() -> str:
    command = ["git", "describe", "--always", "--abbrev=12"]
    return run_command(command, outer_environment(), quiet=True).strip()
