"""Records to chunks that are small enough for Step Functions state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.csv_text import line
from common.records import json_bytes, make_record
from splitter.csv_records import Row
from splitter.input_refused import InputRefused

# What a record gains on its way: the six added columns (their names and punctuation are 100
# bytes, which leaves 20 bytes a value), the comma between records, and what a Map adds.
RECORD_ALLOWANCE = 256
# Around the records: run id, chunk, and the metadata that Step Functions adds to a Lambda result.
CHUNK_ALLOWANCE = 2048


@dataclass
class Piece:
    """One chunk: its place, its first row, how many rows, and their CSV text."""

    index: int
    first_row: int
    rows: int = 0
    lines: list[str] = field(default_factory=list)
    size: int = CHUNK_ALLOWANCE

    @property
    def text(self) -> str:
        """CSV in the dialect of common.csvtext."""
        return "".join(self.lines)

    def add(self, values: list[str], size: int) -> None:
        """One more row."""
        self.lines.append(line(values))
        self.rows += 1
        self.size += size


def chunks(records: Iterable[Row], max_records: int, max_bytes: int) -> Iterator[Piece]:
    """Chunks in order, of at most `max_records` records.

    None takes more than `max_bytes` bytes as JSON, as read and as enriched. The same records
    always give the same chunks. Raises InputRefused for a record that fits in no chunk.
    """
    piece = Piece(index=0, first_row=1)
    for number, (place, values) in enumerate(records, start=1):
        size = json_bytes(make_record(number, values)) + RECORD_ALLOWANCE
        if CHUNK_ALLOWANCE + size > max_bytes:
            raise InputRefused(
                f"line {place}: the record that begins here (record {number}) takes {size} bytes "
                f"on its way, and a chunk has room for {max_bytes - CHUNK_ALLOWANCE}"
            )
        if piece.rows == max_records or piece.size + size > max_bytes:
            yield piece
            piece = Piece(index=piece.index + 1, first_row=number)
        piece.add(values, size)
    if piece.rows:
        yield piece
