"""Groups rows into chunks that are small enough for Step Functions state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.csv_rows import RAW_SHOWN, TOO_LONG, Row, is_blank, json_bytes
from common.records import FINANCIAL_ATTRIBUTES, INPUT_COLUMNS

# What a row takes as JSON besides its own bytes: `{"row": …, "line": …, "fields": {"uuid": "…"}}`,
# the added columns with 42 bytes for each value, and what a Map adds. A malformed row has no
# fields, but a reason of about the same length.
ROW_ALLOWANCE = 72 + sum(len(column) + 8 for column in INPUT_COLUMNS)
ROW_ALLOWANCE += sum(len(column) + 50 for column in FINANCIAL_ATTRIBUTES)
# Around the rows: attempt id, chunk, and the metadata that Step Functions adds to a result.
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
    """Return how many bytes the row takes at most, in a Lambda response and in state."""
    size = RAW_SHOWN * 6 if row.problem == TOO_LONG else json_bytes(row.raw)
    return ROW_ALLOWANCE + size
