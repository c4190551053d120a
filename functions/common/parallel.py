"""Makes many requests at the same time, with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

# At 25 ms a request, 16 make 640 requests a second.
WORKERS = 16

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int = WORKERS,
    ahead: int = 2 * WORKERS,
) -> Iterator[Result]:
    """Yield the results in the order of the items, of which `workers` are worked on at once.

    At most `ahead` items are taken ahead of the results. An error is raised where its result would
    come; then nothing new begins.
    """
    pool, pending = ThreadPoolExecutor(workers), deque[Future[Result]]()
    try:
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) == ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
