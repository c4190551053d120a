"""Settings of Python's garbage collector for a process that runs for days."""

import gc

# By default 700 new objects make it look at all young ones, and soon at some hundred megabytes of
# moto's, with every thread standing still.
_YOUNG, _MIDDLE, _OLD = 5_000, 10, 10


def tune_garbage_collection() -> None:
    """Collect what the start has left, and never look at the rest again: it stays anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
