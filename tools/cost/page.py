"""Puts the tables into docs/costs.md, between the marks that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

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


class Column(NamedTuple):
    """A column of the table: a kept measurement, and what of it is shown (tools/cost/kept.py)."""

    title: str
    kept: str
    kind: str = "assumed"


COLUMNS = (
    Column("Standard workflows only", "before", "classic"),
    Column("before: REST API, 100 records a chunk", "before"),
    Column("REST API, 1 record a call", "http", "rest"),
    Column("HTTP API, 1 record a call", "http"),
    Column("now: 10 records a call", "batch"),
)
_KINDS = {
    "assumed": "as measured",
    "classic": "with a transition for each state of an Express execution",
    "rest": "with the price of requests to a REST API",
}
_CHECKED = {"aws": "AWS", "other": "others", "no": "nobody"}


def renewed(text: str) -> str:
    """Return the page with its tables computed anew."""
    return with_tables(text, TABLES)


def million() -> Iterator[str]:
    """Dollars of a file of a million records, by service and design; the dearest first."""
    found = kept.read(_PRICES, _ASSUMED)
    columns = [kept.services_of_a_million(found[name], kind) for _, name, kind in COLUMNS]
    yield from header(["", *(column.title for column in COLUMNS)], align_right=True)
    for service in _dearest_first(columns):
        costs = [round(column.get(service, 0.0), 3) or 0.0 for column in columns]
        yield row([service, *(f"{cost:.3f}" for cost in costs)])
    sums = [sum(column.values()) for column in columns]
    yield row(["**together**", *(f"**{total:.2f}**" for total in sums)])


def runs() -> Iterator[str]:
    """What was measured for the columns, and what was calculated from it."""
    yield from header(["column", "units", "measured on", "commit", "records"])
    found = kept.read(_PRICES, _ASSUMED)
    for title, name, kind in COLUMNS:
        entry = found[name]
        yield row([title, _KINDS[kind], entry.date, f"`{entry.commit}`", _records(entry)])


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
