"""`make tune`: how long a file takes in this account, and which one change makes it faster."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import console
from .admission import MOST_SLOTS, admission, max_rows, smaller_account
from .aws import Aws
from .capacity import quotas
from .capacity.model import Account, Prediction, Width, predict
from .errors import DeployError
from .settings import Settings

# What `ACCOUNT=` names, so that nobody need have credentials to ask.
ACCOUNTS = {
    "ordinary": Account(),
    "new": Account(functions=quotas.FUNCTIONS.new_account or quotas.FUNCTIONS.value),
}
RECORDS_PER_CALL = (2, 5, 10)
# By hand: what a deployment leaves to others may be less than a third.
MOST_OF_THE_QUOTA = 0.9
MOST_FUNCTIONS = 10_000
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Option:
    """A change of the settings, or of a quota, and what it leads to."""

    change: str
    width: Width
    prediction: Prediction


def tune(aws: Aws, settings: Settings, rows: str, target: str, account_name: str) -> None:
    """Print what the settings lead to, and the smallest changes that reach the target."""
    count, seconds = _number(rows), _seconds(target)
    account = _account(aws, settings, account_name)
    console.info(
        f"{account.functions:,.0f} functions at once, {account.api_requests:,.0f} API requests a "
        f"second. A file of {count:,} rows, alone in its Region, by the model of docs/limits.md:"
    )
    options = list(find_options(settings, account, count, seconds))
    for line in table(options, count):
        console.info(line)
    console.info(_advice(options, seconds))
    most = settings.max_rows or max_rows(options[0].width, account)
    console.info(f"A file of more than {int(most):,} rows is refused with these settings.")


def find_options(
    settings: Settings, account: Account, rows: int, target: float
) -> Iterator[Option]:
    """Yield the settings as they are, and if they are too slow, what would reach the target."""

    def option(change: str, settings: Settings, account: Account = account) -> Option:
        width = admission(account, settings)
        return Option(change, width, predict(rows, width, account))

    current = option("these settings", settings)
    yield current
    if current.prediction.seconds <= target:
        return
    calls = (
        option(f"RECORDS_PER_CALL={records}", replace(settings, records_per_call=str(records)))
        for records in RECORDS_PER_CALL
        if records > current.width.records_per_call
    )
    yield from _until(calls, target, current)
    records = current.width.record_concurrency
    slots = min(MOST_SLOTS, int(account.functions * MOST_OF_THE_QUOTA) // records)
    if slots > current.width.chunk_slots:
        change = f"CHUNK_SLOTS={slots}"
        if str(records) != settings.record_concurrency:
            change += f" RECORD_CONCURRENCY={records}"
        wider = replace(settings, chunk_slots=str(slots), record_concurrency=str(records))
        yield option(change, wider)
    quotas_to_ask_for = (
        option(
            f"a quota of {functions:,} functions", settings, replace(account, functions=functions)
        )
        for functions in _larger(account.functions)
    )
    yield from _until(quotas_to_ask_for, target, current)


def table(options: list[Option], rows: int) -> Iterator[str]:
    """Yield lines: the time, what costs money by the call, and what would have to be wider."""
    yield f"  {'with':<36}{'time':>9}{'API requests':>15}{'function calls':>17}  bounded by"
    for option in options:
        chunks = math.ceil(rows / option.width.chunk_records)
        calls = chunks * option.width.calls_per_chunk
        yield (
            f"  {option.change:<36}{duration(option.prediction.seconds):>9}{calls:>15,}"
            f"{2 * (calls + chunks):>17,}  {option.prediction.rate.limit}"
        )


def duration(seconds: float) -> str:
    """Return a time that a person reads: 42 s, 7.5 min, 3.1 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def _until(options: Iterator[Option], target: float, current: Option) -> Iterator[Option]:
    """Yield the first that reaches the target, or else the last, if that is faster at all."""
    option = current
    for option in options:
        if option.prediction.seconds <= target:
            break
    if option.prediction.seconds < current.prediction.seconds:
        yield option


def _larger(functions: float) -> Iterator[int]:
    step = 100 if functions < 1000 else 500
    return iter(range(step * (int(functions) // step + 1), MOST_FUNCTIONS + 1, step))


def _advice(options: list[Option], target: float) -> str:
    fast = [option for option in options if option.prediction.seconds <= target]
    if not fast:
        return f"No single change reaches {duration(target)}."
    if fast[0] is options[0]:
        return f"Within {duration(target)} as it is."
    return f"Within {duration(target)}: {' or '.join(option.change for option in fast)}."


def _account(aws: Aws, settings: Settings, name: str) -> Account:
    if name and name not in ACCOUNTS:
        raise DeployError(f"ACCOUNT={name}: expected empty, {' or '.join(ACCOUNTS)}")
    return ACCOUNTS[name] if name else smaller_account(aws, settings)


def _number(text: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not re.fullmatch(r"[1-9]\d{0,10}", digits):
        raise DeployError(f"ROWS={text}: expected a number of rows: ROWS=1000000")
    return int(digits)


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+)([smh]?)", text)
    if not match:
        raise DeployError(f"TARGET={text}: expected a time: TARGET=5m")
    return int(match[1]) * _UNITS[match[2]]
