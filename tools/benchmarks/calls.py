"""API calls, counted from the local cloud's ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def between(ledger: Path, begin: float, end: float) -> Counter[str]:
    """Count the calls from ``begin`` to ``end`` (epochs) by service.

    The ledger is written in blocks, so the last few hundred may be missing.
    """
    return Counter(entry["action"].split(":")[0] for entry in _entries(ledger, begin, end))


def outcomes_between(ledger: Path, begin: float, end: float) -> Counter[tuple[str, str]]:
    """Count the same calls by action and outcome: ``ok``, or the name of the error."""
    return Counter((entry["action"], entry["outcome"]) for entry in _entries(ledger, begin, end))


def _entries(ledger: Path, begin: float, end: float) -> Iterator[dict[str, Any]]:
    with ledger.open() as lines:
        for line in lines:
            if not line.endswith("\n"):
                break  # half written
            entry = json.loads(line)
            if begin <= entry["time"] <= end:
                yield entry
