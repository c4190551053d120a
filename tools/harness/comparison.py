"""Compares the merged file and the rejects with what is expected, row by row."""

from __future__ import annotations

import csv
import io

from tools.harness.expected import ADDED_COLUMNS, INPUT_COLUMNS, Expected


def differences(output: bytes, rejects: bytes | None, expected: Expected) -> list[str]:
    """One sentence for each difference, at most ten of a kind."""
    header, *rows = _records(output) or [[]]
    sentences = []
    if header != INPUT_COLUMNS + ADDED_COLUMNS:
        sentences.append(f"the header is {header}")
    if len(rows) != len(expected.rows):
        sentences.append(f"{len(rows)} rows came out where {len(expected.rows)} were expected")
    wrong = [
        f"output row {number} is {row}, expected {expected_row}"
        for number, (row, expected_row) in enumerate(zip(rows, expected.rows, strict=False), 1)
        if row != expected_row
    ]
    return sentences + wrong[:10] + _reject_differences(rejects, expected)


def _reject_differences(rejects: bytes | None, expected: Expected) -> list[str]:
    rows = list(csv.DictReader(_text(rejects or b"")))
    rejected, invalid = {int(row["row"]) for row in rows}, set(expected.rejected)
    too_many, missing = sorted(rejected - invalid)[:10], sorted(invalid - rejected)[:10]
    unexplained = [row["row"] for row in rows if not row["reasons"]][:10]
    return [
        *(f"row {number} was rejected and is valid" for number in too_many),
        *(f"row {number} is invalid and was not rejected" for number in missing),
        *(f"row {number} was rejected without a reason" for number in unexplained),
    ]


def _records(data: bytes) -> list[list[str]]:
    return list(csv.reader(_text(data)))


def _text(data: bytes) -> io.StringIO:
    return io.StringIO(data.decode("utf-8", "replace"), newline="")
