"""API calls by service, from the local cloud's ledger."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path


def between(ledger: Path, begin: float, end: float) -> Counter[str]:
    """Count the calls from ``begin`` to ``end`` (epochs)."""
    counts: Counter[str] = Counter()
    with ledger.open() as lines:
        for line in lines:
            if not line.endswith("\n"):
                break  # half written
            entry = json.loads(line)
            if begin <= entry["time"] <= end:
                counts[entry["action"].split(":")[0]] += 1
    return counts
