"""Messages to the operator: one line at a time, also from several threads."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time

# Between two progress lines about one task: a person watches a terminal, nobody watches a log.
SECONDS_BETWEEN_REPORTS = 4.0 if sys.stdout.isatty() else 10.0


def heading(text: str) -> None:
    """Print a line in one write, so that lines of several threads do not mix."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def info(text: str) -> None:
    """Print an indented line."""
    heading(f"  {text}")


def error(text: str) -> None:
    """Print a paragraph to the standard error, wrapped to the terminal."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    wrapped = textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
    print(wrapped, file=sys.stderr, flush=True)


class Stopwatch:
    """Measures a task, and tells when its next progress line is due."""

    def __init__(self) -> None:
        self._start = self._last_report = time.monotonic()

    @property
    def seconds(self) -> int:
        return round(time.monotonic() - self._start)

    def is_report_due(self) -> bool:
        """True once every SECONDS_BETWEEN_REPORTS."""
        now = time.monotonic()
        if now - self._last_report < SECONDS_BETWEEN_REPORTS:
            return False
        self._last_report = now
        return True
