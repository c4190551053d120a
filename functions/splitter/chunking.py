"""Groups rows into chunks that are small enough for Step Functions state."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.csv_rows import RAW_SHOWN, TOO_LONG, Row, is_blank, json_bytes
from common.financial_values import MAX_LENGTH
from common.records import FINANCIAL_ATTRIBUTES, INPUT_COLUMNS

_ADDED_CELLS = ["9" * MAX_LENGTH] * len(FINANCIAL_ATTRIBUTES)
_ENRICHED = {"row": 10**9, "cells": [""] * len(INPUT_COLUMNS) + _ADDED_CELLS}
# What a row takes at most as JSON besides its own bytes: that is what the Map returns for it, if it
# is alone in its call and has the longest numbers. As the reader returns it, it has the names of
# the columns instead, or a reason if it is malformed, and both are shorter.
ROW_ALLOWANCE = len(json.dumps({"enriched": [_ENRICHED], "rejected": []}) + ", ")
# Around the rows: attempt id and chunk, and the status and headers of a Lambda response, which Step
# Functions puts beside it: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
CHUNK_ALLOWANCE = 2048


@dataclass
class ChunkBuilder:
    """A chunk that grows: its rows as they came, and how many bytes they take as JSON at most."""

    index: int
    first_row: int
    first_line: int
    rows: int = 0
    lines: list[bytes] = field(default_factory=list)
    size: int = CHUNK_ALLOWANCE


def chunks(
    rows: Iterable[Row], delimiter: str, max_rows: int, max_bytes: int
) -> Iterator[ChunkBuilder]:
    """Yield chunks in order, of at most `max_rows` rows that are not blank.

    No chunk takes more than `max_bytes` bytes as JSON, neither as read nor as enriched; this is at
    least what a row of ROW_BYTES takes. The same rows always give the same chunks. Blank rows
    inside a chunk stay, so that lines can be counted.
    """
    chunk = ChunkBuilder(index=0, first_row=1, first_line=0)
    for row in rows:
        is_counted = not is_blank(row.raw, delimiter)
        size = _size(row) if is_counted else len(row.raw)
        if chunk.rows and (chunk.rows == max_rows or chunk.size + size > max_bytes):
            yield chunk
            chunk = ChunkBuilder(chunk.index + 1, chunk.first_row + chunk.rows, first_line=0)
        if is_counted or chunk.rows:
            chunk.first_line = chunk.first_line or row.line
            chunk.lines.append(row.raw)
            chunk.rows += is_counted
            chunk.size += size
    if chunk.rows:
        yield chunk


def _size(row: Row) -> int:
    """Return how many bytes the row takes at most, in a Lambda response and in state.

    The ten rows of a call may all be rejected, and then have up to 33 KB of reasons. Only rows of
    many KB fill a chunk by ten, so for long ones a quarter of their bytes more is counted.
    """
    size = RAW_SHOWN * 6 if row.problem == TOO_LONG else json_bytes(row.raw)
    return size + max(ROW_ALLOWANCE, size // 4)
