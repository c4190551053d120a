"""A window with its records and its price: what is printed, and what JSON has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.cost.assumptions import Assumptions, with_assumed_durations
from tools.cost.bill import Fit, Item, bill, dollars, fit
from tools.cost.calls import billable
from tools.cost.other_designs import with_rest_api, with_standard_workflows
from tools.cost.prices import Prices
from tools.cost.usage import Usage, Window


@dataclass(frozen=True)
class Measurement:
    """``measured`` has the durations of whatever ran, ``assumed`` those of assumptions.yaml.

    ``classic`` is ``assumed``, with Standard workflows only, and ``rest`` behind a REST API.
    """

    name: str
    window: Window
    records: int
    usage: Usage
    measured: list[Item]
    assumed: list[Item]
    classic: list[Item]
    rest: list[Item]

    @property
    def files(self) -> int:
        return len(self.window.executions)


def measure(
    window: Window, records: Mapping[str, int], prices: Prices, assumptions: Assumptions
) -> Measurement:
    """``records`` by the ARN of the execution."""
    count = sum(records.get(execution, 0) for execution in window.executions)
    usage: Usage = billable(window.usage)
    assumed = with_assumed_durations(usage, count, assumptions)
    return Measurement(
        _name(window),
        window,
        count,
        usage,
        measured=bill(usage, prices),
        assumed=bill(assumed, prices),
        classic=bill(with_standard_workflows(assumed), prices),
        rest=bill(with_rest_api(assumed), prices),
    )


def fit_of(measurements: Sequence[Measurement]) -> Fit | None:
    """What a file and a record cost, with the assumed durations."""
    return fit([(found.files, found.records, dollars(found.assumed)) for found in measurements])


def _name(window: Window) -> str:
    names = [execution.rsplit(":", 1)[-1] for execution in window.executions]
    if not names:
        return "no run"
    return names[0] if len(names) == 1 else f"{len(names)} files together"
