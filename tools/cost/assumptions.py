"""Durations on AWS, assumed (assumptions.yaml), in place of those of the machine that measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.cost.usage import Line, Usage, total

FILE = Path(__file__).with_name("assumptions.yaml")
_GB_SECONDS = "lambda:GBSeconds-"


@dataclass(frozen=True)
class Duration:
    """Milliseconds of a function for each call, and for each record of the file."""

    ms: float
    ms_per_record: float
    reason: str

    def seconds(self, calls: float, records: float) -> float:
        return (calls * self.ms + records * self.ms_per_record) / 1000


@dataclass(frozen=True)
class Express:
    """Of an Express execution; its memory in the steps that are billed."""

    ms: float
    ms_per_iteration: float
    memory_mb: int


@dataclass(frozen=True)
class Idle:
    log_bytes: int
    custom_metrics_in_a_region: int
    reason: str


@dataclass(frozen=True)
class Assumptions:
    """Durations by the part of a function's name between ``batch-`` and the ENV."""

    functions: dict[str, Duration]
    express: Express
    idle: Idle

    def duration(self, function: str) -> Duration | None:
        """None for a function that nothing is assumed of."""
        return self.functions.get(short_name(function))


def read_assumptions(file: Path = FILE) -> Assumptions:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    functions = {name: Duration(**fields) for name, fields in content["functions"].items()}
    return Assumptions(functions, Express(**content["express"]), Idle(**content["idle"]))


def short_name(function: str) -> str:
    """``batch-splitter-dev`` → ``splitter``."""
    return function.removeprefix("batch-").split("-")[0]


def with_assumed_durations(usage: Usage, records: float, assumptions: Assumptions) -> Usage:
    """The usage with assumed times of functions and Express executions; the rest as measured."""
    return {
        line: _assumed(line, amount, usage, records, assumptions) for line, amount in usage.items()
    }


def _assumed(
    line: Line, amount: float, usage: Usage, records: float, assumptions: Assumptions
) -> float:
    if line.unit.startswith(_GB_SECONDS):
        duration = assumptions.duration(line.resource)
        seconds = usage.get(line._replace(unit="lambda:Seconds"), 0)
        if duration is None or not seconds:
            return amount
        gigabytes = amount / seconds
        calls = usage[line._replace(unit="lambda:Requests")]
        share = _share_of_records(line, usage)
        return gigabytes * duration.seconds(calls, records * share)
    if line.unit == "states:ExpressGBSeconds":
        express = assumptions.express
        iterations = usage.get(line._replace(unit="states:ExpressIterations"), 0)
        requests = usage[line._replace(unit="states:ExpressRequests")]
        # Rounding up to 100 ms adds half of that on average.
        ms = requests * (express.ms + 50) + iterations * express.ms_per_iteration
        return express.memory_mb / 1024 * ms / 1000
    return amount


def _share_of_records(line: Line, usage: Usage) -> float:
    """How much of the work a Region's function did: it is called in proportion."""
    calls = total(usage, "lambda:Requests", line.resource)
    return usage[line._replace(unit="lambda:Requests")] / calls if calls else 0.0
