"""From what was used to dollars. It reads nothing, and assumes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.cost.prices import Prices
from tools.cost.usage import Usage

MILLION = 1_000_000
# Not on the bill of a run: other units are computed from them; a custom metric costs the same in an
# hour however many files came in it, so it stands in the month without a file.
INFORMATION = frozenset(
    {
        "lambda:Seconds",
        "states:ExpressStates",
        "states:ExpressIterations",
        "cloudwatch:MetricHours",
    }
)


@dataclass(frozen=True)
class Item:
    """A line of the bill: all Regions and resources of one unit."""

    service: str
    unit: str
    amount: float
    dollars: float


@dataclass(frozen=True)
class Fit:
    """What a file costs: ``per_file``, and ``per_million`` records in it."""

    per_file: float
    per_million: float


def bill(usage: Usage, prices: Prices) -> list[Item]:
    """The units that have a price, in the order of the price file."""
    amounts: defaultdict[str, float] = defaultdict(float)
    for line, amount in usage.items():
        amounts[line.unit] += amount
    return [
        Item(price.service, unit, amounts[unit], price.cost(amounts[unit]))
        for unit, price in prices.used.items()
        if amounts.get(unit)
    ]


def unpriced(usage: Usage, prices: Prices) -> set[str]:
    """Units that would have to have a price, and have none."""
    return {line.unit for line in usage} - prices.used.keys() - INFORMATION


def dollars(items: Iterable[Item]) -> float:
    return sum(item.dollars for item in items)


def by_service(items: Iterable[Item]) -> dict[str, float]:
    """Dollars, the dearest service first."""
    sums: defaultdict[str, float] = defaultdict(float)
    for item in items:
        sums[item.service] += item.dollars
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


def per_million(amount: float, records: float) -> float:
    return amount * MILLION / records


def fit(points: Sequence[tuple[float, float, float]]) -> Fit | None:
    """The straight line through (files, records, dollars) with the least squares.

    None unless records per file differ by a factor of two: then nothing tells the two apart.
    """
    sizes = [records / files for files, records, _ in points if files]
    if len(sizes) < 2 or max(sizes) < 2 * min(sizes):
        return None
    # Normal equations of dollars = files * a + records * b.
    ff = sum(files * files for files, _, _ in points)
    fr = sum(files * records for files, records, _ in points)
    rr = sum(records * records for _, records, _ in points)
    fd = sum(files * cost for files, _, cost in points)
    rd = sum(records * cost for _, records, cost in points)
    determinant = ff * rr - fr * fr
    per_file = (fd * rr - rd * fr) / determinant
    per_record = (ff * rd - fr * fd) / determinant
    return Fit(per_file, per_record * MILLION)
