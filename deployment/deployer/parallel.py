"""Several jobs at once, each of which runs to its end, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from .errors import DeployError

Result = TypeVar("Result")


def run_parallel(*jobs: Callable[[], Result]) -> list[Result]:
    """Return the results in order. Raises DeployError with the messages of all jobs that failed."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(job) for job in jobs]
    errors = [error for future in futures if (error := future.exception()) is not None]
    for error in errors:
        if not isinstance(error, DeployError):
            raise error
    if errors:
        raise DeployError("\n\n".join(map(str, errors)))
    return [future.result() for future in futures]
