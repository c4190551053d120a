"""Puts the tables into docs/limits.md, between the marks that name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from deployment.deployer.admission import max_rows
from deployment.deployer.capacity import assumptions, model
from deployment.deployer.capacity.model import Account
from deployment.deployer.capacity.quotas import GIB, KIB, MIB, Quota
from deployment.deployer.tune import duration
from tools.limits import sources
from tools.limits.distances import TABLES as DISTANCES
from tools.limits.distances import Distance
from tools.limits.sources import NEW, ORDINARY
from tools.page_tables import header, row, with_tables
from tools.templates import ROOT

PAGE = ROOT / "docs/limits.md"
ROWS = (10_000, 100_000, 1_000_000, 10_000_000)
MANY_FUNCTIONS = Account(functions=3_000)
# What the table of times compares: an account, and changed settings.
CASES: tuple[tuple[str, Account, dict[str, str]], ...] = (
    ("new account", NEW, {}),
    ("ordinary account", ORDINARY, {}),
    ("ordinary account, chunks twice as slow as assumed", Account(slowness=2.0), {}),
    ("ordinary account, `RECORDS_PER_CALL=1`", ORDINARY, {"records_per_call": "1"}),
    ("3,000 functions at once", MANY_FUNCTIONS, {}),
)


def renewed(text: str) -> str:
    """Return the page with its tables computed anew."""
    return with_tables(text, TABLES)


def times() -> Iterator[str]:
    """How long files take, by account and setting."""
    cells = [f"{rows:,} rows" for rows in ROWS]
    yield from header(["", "slots", "of one file", *cells, "in two days", "accepted"])
    for name, account, changes in CASES:
        width = sources.width(account, **changes)
        predictions = [model.predict(rows, width, account) for rows in ROWS]
        yield row(
            [
                name,
                str(width.chunk_slots),
                str(model.file_chunks(width)),
                *(duration(prediction.seconds) for prediction in predictions),
                _millions(model.most_rows(model.RUN_SECONDS, width, account)),
                _millions(max_rows(width, account)),
            ]
        )


def _millions(rows: int) -> str:
    return f"{rows / 1e6:,.0f} million rows"


def phases() -> Iterator[str]:
    """Where the time of a million rows goes."""
    cases = [CASES[1], CASES[3]]
    predictions = [
        model.predict(1_000_000, sources.width(account, **changes), account)
        for _, account, changes in cases
    ]
    yield from header(["phase", *(name for name, *_ in cases)])
    for phase in predictions[0].phases:
        yield row([phase, *(duration(prediction.phases[phase]) for prediction in predictions)])
    yield row(["**all**", *(f"**{duration(prediction.seconds)}**" for prediction in predictions)])


def assumed() -> Iterator[str]:
    """The assumptions of the model."""
    yield from header(["what", "time", "why"])
    for assumption in assumptions.ALL:
        reason = re.sub(r"(https://\S+)", r"[source](\1)", assumption.reason)
        yield row([assumption.name, _time(assumption.seconds), reason])


def _distances(table: str) -> Iterator[str]:
    """The distances, the shortest first."""
    yield from header(["quota", "AWS's default", "we use", "distance", "where", "what to turn"])
    for distance in sorted(DISTANCES[table](), key=lambda distance: distance.factor):
        quota = distance.quota
        yield row(
            [
                f"{quota.service}: [{quota.name}]({quota.source})",
                _default(quota),
                amount(distance.use, quota.unit),
                factor(distance),
                distance.place,
                distance.remedy,
            ]
        )


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "times": times,
    "phases": phases,
    "assumptions": assumed,
    **{name: partial(_distances, name) for name in DISTANCES},
}


def amount(value: float, unit: str) -> str:
    """Return a number with its unit: 256 KiB, 55 s, 2,946 a second."""
    if unit.startswith("bytes"):
        size, name = next(
            (
                (size, name)
                for size, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB"))
                if value >= size
            ),
            (1, "bytes"),
        )
        return f"{_rounded(value / size)} {name}{unit.removeprefix('bytes')}"
    if unit == "s":
        return duration(value) if value < 86_400 else f"{_rounded(value / 86_400)} days"
    return f"{_rounded(value)} {unit}".rstrip()


def factor(distance: Distance) -> str:
    value = distance.factor
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _default(quota: Quota) -> str:
    text = amount(quota.value, quota.unit)
    if quota.low is not None:
        text += f" ({amount(quota.low, '')} in some Regions)"
    if quota.new_account is not None:
        text += f" (a new account: {amount(quota.new_account, '')})"
    return f"{text}, adjustable" if quota.is_adjustable else text


def _rounded(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}"


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:g} s"
    return f"{seconds * 1000:g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:g} µs"
