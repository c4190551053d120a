"""Reads the records of a CSV file from blocks of bytes, with their values in our column order.

docs/architecture.md lists what happens to each kind of odd file.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from splitter.header import column_order
from splitter.input_refused import InputRefused
from splitter.lines import RECORD_BYTES, lines

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class CsvRecord(NamedTuple):
    """A record and the line of the file that it begins on, counted from 1."""

    line: int
    values: list[str]


def csv_records(blocks: Iterable[bytes], delimiter: str) -> Iterator[CsvRecord]:
    """Yield the data records. One with another number of fields than the header stays as it is.

    Lines without any character are skipped; a line of spaces is a record with one field.
    Raises InputRefused.
    """
    records = _records(blocks, delimiter)
    header = next(records, None)
    if header is None:
        raise InputRefused("the file is empty")
    order = column_order(header.values, delimiter)
    for record in records:
        if len(record.values) == len(order):
            yield CsvRecord(record.line, [record.values[position] for position in order])
        else:
            yield record


def _records(blocks: Iterable[bytes], delimiter: str) -> Iterator[CsvRecord]:
    decoder = _LineDecoder(lines(blocks))
    # strict: a quote that is never closed is an error and not a very long field.
    reader = csv.reader(decoder, delimiter=delimiter, strict=True)
    while True:
        decoder.begin_record()
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise InputRefused(f"line {decoder.first_line}: {_explain(error)}") from None
        if values is None:
            return
        if values:
            yield CsvRecord(decoder.first_line, values)


def _explain(error: csv.Error) -> str:
    if str(error) == "unexpected end of data":
        return "the record that begins here has a quote that is never closed"
    return f"the record that begins here is not valid CSV ({error})"


class _LineDecoder:
    """Decodes lines for the CSV reader. Knows where the record began, and limits its length."""

    def __init__(self, raw_lines: Iterator[bytes]) -> None:
        self._raw_lines = raw_lines
        self._line = 0
        self._record_bytes = 0
        self.first_line = 1

    def begin_record(self) -> None:
        """Note that the next line begins a record."""
        self.first_line = self._line + 1
        self._record_bytes = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        raw = next(self._raw_lines)
        self._line += 1
        self._record_bytes += len(raw)
        if self._record_bytes > RECORD_BYTES:
            raise InputRefused(
                f"line {self.first_line}: the record that begins here is longer than "
                f"{RECORD_BYTES // 1024} KiB; is a quote never closed?"
            )
        return self._decode(raw.removeprefix(BYTE_ORDER_MARK) if self._line == 1 else raw)

    def _decode(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise InputRefused(
                f"line {self._line}: not UTF-8 (at byte {error.start + 1} of the line)"
            ) from None
