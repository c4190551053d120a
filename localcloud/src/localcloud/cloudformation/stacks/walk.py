"""Runs the steps of a stack operation, independent ones at the same time."""

import threading
from collections.abc import Callable, Mapping, Set
from queue import SimpleQueue

# AWS does not publish how many resources of a stack it works on at once.
_AT_ONCE = 50


def walk(
    needs: Mapping[str, Set[str]],
    step: Callable[[str], None],
    is_stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Exception]:
    """Run ``step`` for each name after the names that it needs; returns the failures by name."""
    # What needs a name that failed never begins; nor does anything once ``is_stopped``.
    waiting = dict(needs)
    completed: set[str] = set()
    failures: dict[str, Exception] = {}
    running: set[str] = set()
    results: SimpleQueue[tuple[str, Exception | None]] = SimpleQueue()

    def run(name: str) -> None:
        try:
            step(name)
        except Exception as error:
            results.put((name, error))
        else:
            results.put((name, None))

    def begin() -> None:
        ready = [] if is_stopped() else [name for name in waiting if waiting[name] <= completed]
        for name in ready[: _AT_ONCE - len(running)]:
            del waiting[name]
            running.add(name)
            threading.Thread(target=run, args=(name,), name=f"stack {name}", daemon=True).start()

    begin()
    while running:
        name, error = results.get()
        running.remove(name)
        if error is None:
            completed.add(name)
        else:
            failures[name] = error
        begin()
    return failures


def reversed_needs(needs: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """Each name with those that need it: the order of deletions."""
    return {name: {other for other in needs if name in needs[other]} for name in needs}
