"""How much a Region processes at once: as the account's quota of Lambda functions allows.

A chunk runs one function for each of the records that it processes at the same time, and a Region
has so many slots for chunks, of whichever files.
"""

from __future__ import annotations

from dataclasses import dataclass

from .aws import Aws
from .plan import Parameters
from .settings import Settings

FEW_FUNCTIONS = 100
# A third of the quota is left to the functions that a file calls once, and to other applications.
SHARE = 2 / 3
# Several chunks at once, so that a small file need not wait for a large one.
FEWEST_CHUNKS = 3
# With ten records each about what a new on-demand table serves: 12,000 reads a second.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
MOST_CHUNKS = 40


@dataclass(frozen=True)
class Admission:
    """Chunks at the same time in a Region, and records at the same time in a chunk."""

    chunk_slots: int
    record_concurrency: int

    @property
    def functions(self) -> int:
        """How many functions run at once, at most."""
        return self.chunk_slots * self.record_concurrency


def admission_parameters(aws: Aws, settings: Settings) -> Parameters:
    """Return the parameters, the same in both Regions: each has to do the other's work one day."""
    width = admission(min(free_functions(aws, region) for region in settings.regions), settings)
    return {
        "ChunkSlots": str(width.chunk_slots),
        "RecordConcurrency": str(width.record_concurrency),
    }


def free_functions(aws: Aws, region: str) -> int:
    """How many functions without a reservation of their own may run at once."""
    limits = aws.client("lambda", region).get_account_settings()["AccountLimit"]
    return int(limits["UnreservedConcurrentExecutions"])


def admission(free: int, settings: Settings) -> Admission:
    """Return the width for so many functions. What is set counts; records may be fewer."""
    records = int(settings.record_concurrency)
    if settings.chunk_slots:
        return Admission(int(settings.chunk_slots), records)
    share = max(1, int(free * SHARE))
    records = min(records, max(1, share // FEWEST_CHUNKS))
    return Admission(min(share // records, MOST_CHUNKS), records)
