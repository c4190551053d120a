"""Puts the tables into docs/costs.md, between the marks that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tools.cost import kept
from tools.cost.assumptions import read_assumptions
from tools.cost.idle import idle_month
from tools.cost.kept import Kept
from tools.cost.prices import Price, read_prices
from tools.cost.report import idle_rows
from tools.templates import ROOT

PAGE = ROOT / "docs/costs.md"
END = "<!-- end -->"
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
    """The page with its tables computed anew."""
    for name, table in TABLES.items():
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(END)
        if not end:
            raise ValueError(f"docs/costs.md has no place for the table {name}")
        text = before + mark + "".join(f"{line}\n" for line in table()) + end + after
    return text


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
    yield from _header(["", *columns], align_right=True)
    for service in _dearest_first(columns.values()):
        costs = [round(column.get(service, 0.0), 3) or 0.0 for column in columns.values()]
        yield _row([service, *(f"{cost:.3f}" for cost in costs)])
    sums = [sum(column.values()) for column in columns.values()]
    yield _row(["**together**", *(f"**{total:.2f}**" for total in sums)])


def runs() -> Iterator[str]:
    """What was measured for the columns."""
    yield from _header(["column", "measured on", "commit", "records"])
    found = kept.read(_PRICES, _ASSUMED)
    for name, title in COLUMNS.items():
        if name in found:
            yield _row([title, found[name].date, f"`{found[name].commit}`", _records(found[name])])


def idle() -> Iterator[str]:
    """The month without a file."""
    yield from _header(["what stands", "count", "dollars"], align_right=True)
    for row in idle_rows(idle_month(_PRICES, _ASSUMED)):
        yield _row(row)


def prices() -> Iterator[str]:
    """The price file."""
    yield from _header(["unit", "dollars", "for", "seen by", "source"])
    for price in (*_PRICES.used.values(), *_PRICES.monthly.values()):
        yield _row(_price_cells(price))


def assumed() -> Iterator[str]:
    """Durations of functions."""
    yield from _header(["function", "ms a call", "ms a record", "why"])
    for name, duration in _ASSUMED.functions.items():
        yield _row([name, f"{duration.ms:g}", f"{duration.ms_per_record:g}", duration.reason])


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


def _header(cells: list[str], *, align_right: bool = False) -> Iterator[str]:
    yield _row(cells)
    yield "|---|" + ("---:|" if align_right else "---|") * (len(cells) - 1)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
