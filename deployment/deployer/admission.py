"""How much a Region processes at once: as the account's quotas allow.

A chunk runs one function for each of the records that it processes at the same time, and a Region
has so many slots for chunks, of whichever files.
"""

from __future__ import annotations

import math
from dataclasses import replace

from botocore.exceptions import ClientError

from splitter.input_size import INPUT_LINES

from .aws import Aws
from .capacity import quotas
from .capacity.model import (
    RUN_SECONDS,
    Account,
    Width,
    chunk_seconds,
    file_concurrency,
    most_rows,
    shared_rates,
)
from .plan import Parameters
from .settings import Settings

FEW_FUNCTIONS = 100
# A third of each quota is left to what a file calls once, and to other applications.
SHARE = 2 / 3
# Several chunks at once, so that a small file need not wait for a large one.
FEWEST_CHUNKS = 3
MOST_SLOTS = 1000  # as the templates allow
# A chunk has 55 seconds. So many calls one after another leave each of them two, or four where few
# functions run at once, which other applications throttle easily: with the Retry of the state
# machine, a call whose two steps are throttled every other time takes two.
MOST_CALLS_IN_A_ROW = 25
MOST_CALLS_OF_FEW_FUNCTIONS = 12
# Half of a run's time is left to other files of the Region, to chunks that take twice as long as
# the model assumes, and to waits for capacity.
SHARE_OF_A_RUN = 1 / 2


def admission_parameters(aws: Aws, settings: Settings) -> Parameters:
    """Return the parameters, the same in both Regions: each has to do the other's work one day."""
    account = smaller_account(aws, settings)
    width = admission(account, settings)
    return {
        "ChunkSlots": str(width.chunk_slots),
        "ChunkConcurrency": str(width.chunk_concurrency),
        "RecordConcurrency": str(width.record_concurrency),
        "ChunkRecords": str(width.chunk_records),
        "MaxRows": settings.max_rows or str(max_rows(width, account)),
    }


def smaller_account(aws: Aws, settings: Settings) -> Account:
    """Return the smaller quotas of the two Regions."""
    accounts = [account(aws, region) for region in settings.regions]
    return Account(
        min(account.functions for account in accounts),
        min(account.api_requests for account in accounts),
        min(account.transitions for account in accounts),
    )


def account(aws: Aws, region: str) -> Account:
    """Return the quotas of a Region. Functions with a reservation of their own do not count.

    Of transitions the defaults are taken, since only Service Quotas would tell.
    """
    limits = aws.client("lambda", region).get_account_settings()["AccountLimit"]
    return Account(
        int(limits["UnreservedConcurrentExecutions"]),
        _api_requests(aws, region),
        quotas.TRANSITIONS.default(has_less=region not in quotas.MANY_TRANSITIONS),
    )


def _api_requests(aws: Aws, region: str) -> float:
    """Return the account's quota; AWS's default if the operator may not ask."""
    try:
        throttling = aws.client("apigateway", region).get_account()["throttleSettings"]
    except ClientError:
        return quotas.API_REQUESTS.default(has_less=region in quotas.FEW_API_REQUESTS)
    return float(throttling["rateLimit"])


def admission(account: Account, settings: Settings) -> Width:
    """Return what is done at the same time. What is set counts; records may be fewer."""
    width = _limit_chunk(_as_set(account, settings), account)
    if not settings.chunk_slots:
        width = replace(width, chunk_slots=_slots(width, account))
    concurrency = int(settings.chunk_concurrency or file_concurrency(width.chunk_slots))
    return replace(width, chunk_concurrency=concurrency)


def max_rows(width: Width, account: Account) -> int:
    """Return how many rows a file may have: in two digits and zeros, since it is an estimate.

    A call of the splitter can read so many, and a run process them.
    """
    rows = str(min(INPUT_LINES, most_rows(RUN_SECONDS * SHARE_OF_A_RUN, width, account)))
    return int(rows[:2] + "0" * len(rows[2:]))


def _as_set(account: Account, settings: Settings) -> Width:
    records = int(settings.record_concurrency)
    if not settings.chunk_slots:
        records = min(records, max(1, _functions(account) // FEWEST_CHUNKS))
    return Width(
        chunk_slots=int(settings.chunk_slots or 1),
        chunk_concurrency=1,
        record_concurrency=records,
        chunk_records=int(settings.chunk_records),
        records_per_call=int(settings.records_per_call),
    )


def _limit_chunk(width: Width, account: Account) -> Width:
    """Make chunks smaller if so few records at a time would keep one too long."""
    has_few = account.functions < FEW_FUNCTIONS
    calls = MOST_CALLS_OF_FEW_FUNCTIONS if has_few else MOST_CALLS_IN_A_ROW
    most = calls * width.record_concurrency * width.records_per_call
    return replace(width, chunk_records=min(width.chunk_records, most))


def _slots(width: Width, account: Account) -> int:
    """Return how many chunks may be processed at once within the share of each quota."""
    rate = min(rate.chunks for rate in shared_rates(width, account)) * SHARE
    by_functions = _functions(account) // width.record_concurrency
    by_rates = math.floor(rate * chunk_seconds(width))
    return max(1, min(by_functions, by_rates, MOST_SLOTS))


def _functions(account: Account) -> int:
    return max(1, int(account.functions * SHARE))
