"""Words for the operator: one line at a time, from several threads."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time

# Seconds between two lines about the same thing: a person watches a terminal, nobody a log.
EVERY = 4.0 if sys.stdout.isatty() else 10.0


def say(text: str) -> None:
    """An indented line."""
    step(f"  {text}")


def step(title: str) -> None:
    """A line, in one piece: other threads write too."""
    sys.stdout.write(f"{title}\n")
    sys.stdout.flush()


def paragraph(text: str) -> None:
    """Wrapped to the terminal, on the standard error."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    wrapped = textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
    print(wrapped, file=sys.stderr, flush=True)


class Clock:
    """Seconds since it was made; and whether a line is due."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()

    @property
    def seconds(self) -> int:
        return round(time.monotonic() - self._began)

    def due(self) -> bool:
        """True once every EVERY seconds."""
        now = time.monotonic()
        if now - self._last < EVERY:
            return False
        self._last = now
        return True
