"""Blocks of a CSV file to its records in our column order, with everything odd defined.

docs/architecture.md lists what happens to each kind of odd file.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from splitter.header import column_order
from splitter.input_refused import InputRefused
from splitter.lines import RECORD_BYTES, lines

BOM = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """A record and the line of the file it begins on, from 1."""

    line: int
    values: list[str]


def records(blocks: Iterable[bytes], delimiter: str) -> Iterator[Row]:
    """The data records. A row with another number of fields than the header stays as it is.

    Lines without a single character are skipped; a line of spaces is a row with one field.
    Raises InputRefused.
    """
    rows = _rows(blocks, delimiter)
    header = next(rows, None)
    if header is None:
        raise InputRefused("the file is empty")
    order = column_order(header.values, delimiter)
    for row in rows:
        if len(row.values) == len(order):
            yield Row(row.line, [row.values[position] for position in order])
        else:
            yield row


def _rows(blocks: Iterable[bytes], delimiter: str) -> Iterator[Row]:
    source = _Source(lines(blocks))
    # strict: a quote that is never closed is an error and not a very long field.
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.begin_record()
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise InputRefused(f"line {source.begun}: {_explain(error)}") from None
        if values is None:
            return
        if values:
            yield Row(source.begun, values)


def _explain(error: csv.Error) -> str:
    if str(error) == "unexpected end of data":
        return "the record that begins here has a quote that is never closed"
    return f"the record that begins here is not valid CSV ({error})"


class _Source:
    """Decoded lines for the CSV reader; knows where the record began and limits its length."""

    def __init__(self, raw: Iterator[bytes]) -> None:
        self._raw = raw
        self._line = 0
        self._bytes = 0
        self.begun = 1

    def begin_record(self) -> None:
        """The next line begins a record."""
        self.begun = self._line + 1
        self._bytes = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        raw = next(self._raw)
        self._line += 1
        self._bytes += len(raw)
        if self._bytes > RECORD_BYTES:
            raise InputRefused(
                f"line {self.begun}: the record that begins here is longer than "
                f"{RECORD_BYTES // 1024} KiB; is a quote never closed?"
            )
        return self._decode(raw.removeprefix(BOM) if self._line == 1 else raw)

    def _decode(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise InputRefused(
                f"line {self._line}: not UTF-8 (at byte {error.start + 1} of the line)"
            ) from None
