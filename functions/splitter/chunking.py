"""Groups records into chunks that are small enough for Step Functions state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.csv_text import format_row
from common.records import FINANCIAL_ATTRIBUTES, json_bytes, make_record
from splitter.csv_records import CsvRecord
from splitter.input_refused import InputRefused

# What a record gains on its way: the added columns, with `"": "", ` and 20 bytes for each value,
# the comma between two records, and what a Map adds.
RECORD_ALLOWANCE = sum(len(column) + 28 for column in FINANCIAL_ATTRIBUTES) + 24
# Around the records: attempt id, chunk, and the metadata that Step Functions adds to a result.
CHUNK_ALLOWANCE = 2048


@dataclass
class ChunkBuilder:
    """A chunk that grows: its index, its first row, its number of rows, and their CSV text."""

    index: int
    first_row: int
    rows: int = 0
    lines: list[str] = field(default_factory=list)
    json_size: int = CHUNK_ALLOWANCE

    @property
    def text(self) -> str:
        """The rows in the dialect of common.csv_text."""
        return "".join(self.lines)

    def add(self, values: list[str], json_size: int) -> None:
        """Add a row."""
        self.lines.append(format_row(values))
        self.rows += 1
        self.json_size += json_size


def chunks(
    records: Iterable[CsvRecord], max_records: int, max_bytes: int
) -> Iterator[ChunkBuilder]:
    """Yield chunks in order, of at most `max_records` records.

    No chunk takes more than `max_bytes` bytes as JSON, neither as read nor as enriched. The same
    records always give the same chunks. Raises InputRefused for a record that fits into no chunk.
    """
    chunk = ChunkBuilder(index=0, first_row=1)
    for row, (line, values) in enumerate(records, start=1):
        size = json_bytes(make_record(row, values)) + RECORD_ALLOWANCE
        if CHUNK_ALLOWANCE + size > max_bytes:
            raise InputRefused(
                f"line {line}: the record that begins here (record {row}) takes {size} bytes "
                f"while it is processed, and a chunk has room for {max_bytes - CHUNK_ALLOWANCE}"
            )
        if chunk.rows == max_records or chunk.json_size + size > max_bytes:
            yield chunk
            chunk = ChunkBuilder(index=chunk.index + 1, first_row=row)
        chunk.add(values, size)
    if chunk.rows:
        yield chunk
