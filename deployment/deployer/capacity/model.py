"""How long a file takes, from its upload to its mail, by the assumptions and the quotas.

docs/limits.md describes it. What bounds the chunks is the lowest of several rates; everything else
is added up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import assumptions as assume
from . import quotas


@dataclass(frozen=True)
class Account:
    """The quotas of a Region that bound the chunks, by default those of an ordinary account."""

    functions: float = quotas.FUNCTIONS.value
    api_requests: float = quotas.API_REQUESTS.value
    transitions: float = quotas.TRANSITIONS.value
    slowness: float = 1.0  # how many times as long as assumed a chunk takes

    @property
    def invocations(self) -> float:
        """Synchronous calls of functions a second."""
        return self.functions * quotas.CALLS_PER_FUNCTION


@dataclass(frozen=True)
class Width:
    """What is done at the same time; the settings of the same names."""

    chunk_slots: int
    chunk_concurrency: int
    record_concurrency: int
    chunk_records: int
    records_per_call: int = 1

    @property
    def functions(self) -> int:
        """How many functions the chunks run at once, at most: one a call."""
        return self.chunk_slots * self.record_concurrency

    @property
    def calls_per_chunk(self) -> int:
        """How often a full chunk calls the API, and as often the validator."""
        return math.ceil(self.chunk_records / self.records_per_call)


@dataclass(frozen=True)
class Rate:
    """Chunks a second that something allows."""

    limit: str
    chunks: float


@dataclass(frozen=True)
class Prediction:
    """Seconds by phase, in their order, and what bounds the chunks."""

    phases: dict[str, float]
    rate: Rate

    @property
    def seconds(self) -> float:
        return sum(self.phases.values())


# A chunk calls the reader and the writer, and a record's call the validator and the enricher.
FUNCTIONS_PER_CHUNK, FUNCTIONS_PER_CALL = 2, 2
# GetItem and BatchGetItem that need not be consistent, of items below 4 KiB.
READ_UNITS_PER_RECORD = 0.5
# The slots' items, and a Standard child of one state: what a chunk takes besides.
SLOT_WRITES_PER_CHUNK = 2
TRANSITIONS_PER_CHUNK = 1
# The first chunks of a file, which may take every slot.
FIRST_CHUNKS = 4
# Slots that are kept for them, at most.
MOST_KEPT = 8
# A run ends after so long: `TimeoutSeconds` of the Main Orchestrator.
RUN_SECONDS = 2 * 86_400


def call_seconds(records: int) -> float:
    """Return how long a record's iteration takes, or that of so many records together."""
    alone = assume.VALIDATION.seconds + assume.ENRICHMENT.seconds + assume.ITERATION.seconds
    return alone + (records - 1) * assume.RECORD_OF_A_CALL.seconds


def chunk_seconds(width: Width) -> float:
    """Return how long a full chunk takes, from the start of its child to its end."""
    waves = math.ceil(width.calls_per_chunk / width.record_concurrency)
    return assume.CHUNK.seconds + waves * call_seconds(width.records_per_call)


def shared_rates(width: Width, account: Account) -> list[Rate]:
    """Return what each quota allows that all files of the Region share."""
    calls = width.calls_per_chunk
    invocations = FUNCTIONS_PER_CHUNK + FUNCTIONS_PER_CALL * calls
    reads = READ_UNITS_PER_RECORD * width.chunk_records
    return [
        Rate(quotas.INVOCATIONS.name, account.invocations / invocations),
        Rate(quotas.API_REQUESTS.name, account.api_requests / calls),
        Rate(quotas.TABLE_READS.name, quotas.TABLE_READS.value / reads),
        Rate(quotas.TRANSITIONS.name, account.transitions / TRANSITIONS_PER_CHUNK),
        Rate(quotas.PARTITION_WRITES.name, quotas.PARTITION_WRITES.value / SLOT_WRITES_PER_CHUNK),
    ]


def rates(width: Width, account: Account) -> list[Rate]:
    """Return what each limit allows, of one file that is alone in the Region."""
    seconds = chunk_seconds(width) * account.slowness
    return [
        Rate("chunks at the same time", file_chunks(width) / seconds),
        Rate(quotas.CHILD_STARTS.name, quotas.CHILD_STARTS.value),
        *shared_rates(width, account),
    ]


def file_slots(slots: int) -> int:
    """Return how many slots a large file may take: some are kept for every file's first chunks.

    The same as in the state machine; a test compares them.
    """
    return slots - min(MOST_KEPT, (slots + 2) // 4)


def file_concurrency(slots: int) -> int:
    """Return how many chunks of a file should be under way: as many as it may have slots.

    More of them would wait, and each look for a slot costs transitions. A small file may have its
    first chunks in every slot.
    """
    return max(file_slots(slots), min(FIRST_CHUNKS, slots))


def file_chunks(width: Width) -> int:
    """Return how many chunks of a large file are processed at once, if no other file is there."""
    return max(1, min(width.chunk_concurrency, file_slots(width.chunk_slots)))


def predict(rows: int, width: Width, account: Account | None = None) -> Prediction:
    """Return how long a file of so many rows takes that is alone in the Region."""
    chunks = math.ceil(rows / width.chunk_records)
    account = account or Account()
    rate = min(rates(width, account), key=lambda rate: rate.chunks)
    return Prediction(
        {
            "begin": assume.BEGINNING.seconds,
            "split": rows * assume.SPLIT_ROW.seconds + chunks * assume.SPLIT_CHUNK.seconds,
            "process": assume.MAP_RUN.seconds
            + assume.COLD_STARTS.seconds
            + chunk_seconds(width) * account.slowness
            + chunks / rate.chunks,
            "merge": rows * assume.MERGE_ROW.seconds + chunks * assume.MERGE_CHUNK.seconds,
            "replicate": assume.REPLICATION.seconds,
            "mail": assume.MAIL.seconds,
        },
        rate,
    )


def most_rows(seconds: float, width: Width, account: Account | None = None) -> int:
    """Return how many rows a file may have, to be ready within so many seconds."""
    rows, step = 0, 2**40
    while step:
        if predict(rows + step, width, account).seconds <= seconds:
            rows += step
        step //= 2
    return rows
