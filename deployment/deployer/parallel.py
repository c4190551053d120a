"""Several things at once; each comes to its end, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from .plan import Stopped

Result = TypeVar("Result")


def together(*jobs: Callable[[], Result]) -> list[Result]:
    """Their results in order; raises Stopped with everything that stopped any of them."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(job) for job in jobs]
    reasons = [error for job in running if (error := job.exception()) is not None]
    for error in reasons:
        if not isinstance(error, Stopped):
            raise error
    if reasons:
        raise Stopped("\n\n".join(map(str, reasons)))
    return [job.result() for job in running]
