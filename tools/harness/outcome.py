"""Compares what came out with what ought to, row by row, and says where they differ."""

from __future__ import annotations

import csv
import io

from tools.harness.expected import ADDED_COLUMNS, INPUT_COLUMNS, Expected


def differences(output: bytes, rejects: bytes | None, expected: Expected) -> list[str]:
    """One sentence for each difference, at most ten of a kind; none if all is as it ought to be."""
    header, *rows = _records(output) or [[]]
    found = []
    if header != INPUT_COLUMNS + ADDED_COLUMNS:
        found.append(f"the header is {header}")
    if len(rows) != len(expected.rows):
        found.append(f"{len(rows)} rows came out where {len(expected.rows)} were expected")
    wrong = [
        f"output row {number} is {got}, expected {want}"
        for number, (got, want) in enumerate(zip(rows, expected.rows, strict=False), start=1)
        if got != want
    ]
    return found + wrong[:10] + _reject_differences(rejects, expected)


def _reject_differences(rejects: bytes | None, expected: Expected) -> list[str]:
    rows = _records(rejects)[1:] if rejects else []
    got = {int(row[0]) for row in rows}
    want = set(expected.rejected)
    found = [f"row {number} was rejected and is valid" for number in sorted(got - want)[:10]]
    found += [f"row {number} is invalid and was not rejected" for number in sorted(want - got)[:10]]
    found += [f"row {row[0]} was rejected without a reason" for row in rows if not row[1]][:10]
    return found


def _records(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline="")))
