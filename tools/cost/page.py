"""Puts the tables into docs/costs.md, between the marks that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tools.cost import kept
from tools.cost.assumptions import read_assumptions
from tools.cost.idle import idle_month
from tools.cost.kept import Kept
from tools.cost.prices import Price, read_prices
from tools.cost.report import idle_rows
from tools.page_tables import header, row, with_tables
from tools.templates import ROOT

PAGE = ROOT / "docs/costs.md"
_PRICES, _ASSUMED = read_prices(), read_assumptions()
# Kept measurements, as the table's columns name them.
COLUMNS = {
    "before": "REST API, 100 records a chunk",
    "rest": "REST API, 250 a chunk",
    "http": "HTTP API, 1 record a call",
    "batch": "now: 10 records a call",
}
_CHECKED = {"aws": "AWS", "other": "others", "no": "nobody"}


def renewed(text: str) -> str:
    """Return the page with its tables computed anew."""
    return with_tables(text, TABLES)


def million() -> Iterator[str]:
    """Dollars of a file of a million records, by service and design; the dearest first."""
    found = kept.read(_PRICES, _ASSUMED)
    columns = {}
    if "before" in found:
        classic = kept.services_of_a_million(found["before"], "classic")
        columns["Standard workflows only"] = classic
    for name, title in COLUMNS.items():
        if name in found:
            columns[title] = kept.services_of_a_million(found[name], "assumed")
    yield from header(["", *columns], align_right=True)
    for service in _dearest_first(columns.values()):
        costs = [round(column.get(service, 0.0), 3) or 0.0 for column in columns.values()]
        yield row([service, *(f"{cost:.3f}" for cost in costs)])
    sums = [sum(column.values()) for column in columns.values()]
    yield row(["**together**", *(f"**{total:.2f}**" for total in sums)])


def runs() -> Iterator[str]:
    """What was measured for the columns."""
    yield from header(["column", "measured on", "commit", "records"])
    found = kept.read(_PRICES, _ASSUMED)
    for name, title in COLUMNS.items():
        if name in found:
            yield row([title, found[name].date, f"`{found[name].commit}`", _records(found[name])])


def idle() -> Iterator[str]:
    """The month without a file."""
    yield from header(["what stands", "count", "dollars"], align_right=True)
    for cells in idle_rows(idle_month(_PRICES, _ASSUMED)):
        yield row(cells)


def prices() -> Iterator[str]:
    """The price file."""
    yield from header(["unit", "dollars", "for", "seen by", "source"])
    for price in (*_PRICES.used.values(), *_PRICES.monthly.values()):
        yield row(_price_cells(price))


def assumed() -> Iterator[str]:
    """Durations of functions."""
    yield from header(["function", "ms a call", "ms a record", "why"])
    for name, duration in _ASSUMED.functions.items():
        yield row([name, f"{duration.ms:g}", f"{duration.ms_per_record:g}", duration.reason])


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "million": million,
    "runs": runs,
    "idle": idle,
    "prices": prices,
    "assumed": assumed,
}


def _dearest_first(columns: Iterable[dict[str, float]]) -> list[str]:
    dearest: dict[str, float] = {}
    for column in columns:
        for service, dollars in column.items():
            dearest[service] = max(dollars, dearest.get(service, 0.0))
    return sorted(dearest, key=lambda service: -dearest[service])


def _records(entry: Kept) -> str:
    return ", ".join(f"{found.records:,}" for found in entry.measurements)


def _price_cells(price: Price) -> list[str]:
    is_monthly = price.unit in _PRICES.monthly
    amount = "a month" if is_monthly else f"{price.per:,.0f}"
    unit = f"{price.unit} ({price.note})" if price.note else price.unit
    link = f"[{price.source.split('/')[2]}]({price.source})"
    return [unit, f"{price.dollars:g}", amount, _CHECKED[price.checked], link]
