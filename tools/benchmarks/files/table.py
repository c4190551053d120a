"""The table of one file size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_LABELS = {
    "splitter": "splitter",
    "merger": "merger (of its output)",
    "csv": "csv module",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "cat": "cat",
}


class Cost(NamedTuple):
    """CPU and wall-clock seconds, the process's largest memory, and how many bytes went through."""

    cpu: float
    seconds: float
    peak: int
    bytes: int


def table(rows: int, size: int, costs: Mapping[str, Cost]) -> str:
    """Return a line for each contender; ratios are of CPU seconds to those of the csv module."""
    heads = ("CPU s", "µs a row", "MB a CPU s", "CPU ÷ csv", "wall s", "peak MiB")
    lines = [
        f"\n{rows:,} rows, {size / 10**6:,.1f} MB",
        f"{'':24}" + "".join(f"{head:>12}" for head in heads),
    ]
    base = costs.get("csv")
    for name, cost in costs.items():
        cells = (
            f"{cost.cpu:,.2f}",
            f"{cost.cpu / rows * 10**6:.2f}",
            f"{cost.bytes / 10**6 / cost.cpu:,.0f}" if cost.cpu else "-",
            f"{cost.cpu / base.cpu:.2f}" if base and base.cpu else "-",
            f"{cost.seconds:,.1f}",
            f"{cost.peak / 2**20:,.0f}",
        )
        lines.append(f"{_LABELS[name]:24}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)
