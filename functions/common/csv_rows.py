"""Finds the rows of a CSV file, with the line that each begins on. One bad row is one bad row.

The splitter cuts the file between rows, and the reader finds the same rows in what it has cut.
docs/architecture.md lists what happens to each kind of odd file.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from common.csv_lines import ROW_BYTES
from common.input_refused import InputRefused

SAVE_AS_UTF8 = 'In Excel, choose File, Save As, "CSV UTF-8 (Comma delimited)", and use that file.'
# What JSON may write as six characters: control characters, and quotes, which a file doubles.
ESCAPED = bytes(range(0x20)) + b'"\\'
RAW_SHOWN = 1000  # bytes of a row that is TOO_LONG
TOO_LONG = f"the row has more than {ROW_BYTES // 1024} KiB, or very many quotes"
TEXT_AFTER_QUOTE = (
    "there is text after a closing quote: a quote inside a value has to be doubled, "
    'as in "the ""old"" one"'
)


class Row(NamedTuple):
    """The bytes of a row as they came, with its line ends, and the line that it begins on.

    `problem` says why it has no values. Of a row that is TOO_LONG, `raw` may be only the beginning.
    """

    line: int
    raw: bytes
    problem: str = ""


def rows(lines: Iterable[bytes], delimiter: str, first_line: int = 1) -> Iterator[Row]:
    """Yield the rows, blank ones too. `lines` have their ends and begin with line `first_line`.

    A row ends with its line, unless a quote is open there. A row with text after a closing quote
    ends with the line of that text. Raises InputRefused for bytes that are not UTF-8, and for a
    quote that is not closed within ROW_BYTES.
    """
    numbered = _utf8(enumerate(lines, first_line))
    quoted_rows = _QuotedRows(numbered, delimiter)
    for number, raw in numbered:
        if len(raw) > ROW_BYTES:
            yield Row(number, raw, TOO_LONG)
        else:
            row = quoted_rows.read(number, raw) if b'"' in raw else Row(number, raw)
            yield row._replace(problem=TOO_LONG) if _is_too_long(row.raw) else row


def values(row: Row, delimiter: str) -> list[str]:
    """Return the values of a row that has no problem."""
    text = row.raw.decode()
    if '"' not in text:
        return text.rstrip("\r\n").split(delimiter)
    return next(csv.reader([text], delimiter=delimiter, strict=True))


def _is_too_long(raw: bytes) -> bool:
    """Tell whether the row is longer than ROW_BYTES as JSON. A short one need not be measured."""
    return len(raw) * 6 > ROW_BYTES and json_bytes(raw) > ROW_BYTES


def json_bytes(raw: bytes) -> int:
    """Return how many bytes a text of these bytes takes in JSON at most, without its quotes.

    AWS's runtime client for Python 3.12 and later leaves letters beyond ASCII as UTF-8:
    https://github.com/aws/aws-lambda-python-runtime-interface-client, lambda_runtime_marshaller.py
    """
    return len(raw) + 5 * (len(raw) - len(raw.translate(None, ESCAPED)))


def is_blank(raw: bytes, delimiter: str) -> bool:
    """Tell whether a row has nothing but delimiters, quotes and spaces.

    NULs pad files that were allocated before they were written, and a Ctrl-Z ends those of DOS.
    """
    return not raw.strip(b' \t\r\n\0\x1a"' + delimiter.encode())


def _utf8(numbered: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    for number, raw in numbered:
        if not raw.isascii():
            try:
                raw.decode()
            except UnicodeDecodeError as error:
                raise _not_utf8(number, error) from None
        yield number, raw


def _not_utf8(number: int, error: UnicodeDecodeError) -> InputRefused:
    where = f"Line {number}, byte {error.start + 1} of the line, is the first of them."
    # A single byte may as well be a letter of another encoding.
    if error.reason == "unexpected end of data" and error.start < len(error.object) - 1:
        return InputRefused(
            "The file ends in the middle of a character.",
            "It may have been cut off: upload it again. Or save it as UTF-8 first.",
            where,
        )
    encoding = "probably Windows-1252, which Excel writes as plain CSV"
    try:
        error.object.decode("cp1252")
    except UnicodeDecodeError:
        encoding = "not Windows-1252 either"
    return InputRefused(
        f"The letters of the file are not written as UTF-8: {encoding}.", SAVE_AS_UTF8, where
    )


class _QuotedRows:
    """Reads rows that have quotes by the csv module, which takes further lines as it needs them.

    After an error the module begins anew with the next line.
    """

    def __init__(self, numbered: Iterator[tuple[int, bytes]], delimiter: str) -> None:
        self._numbered = numbered
        # strict: text after a closing quote, and an open quote at the end, are errors.
        self._reader = csv.reader(self._texts(), delimiter=delimiter, strict=True)
        self._first = (0, b"")
        self._pieces: list[bytes] = []
        self._size = 0

    def read(self, number: int, raw: bytes) -> Row:
        """Return the row that begins with this line."""
        self._first, self._pieces, self._size = (number, raw), [], 0
        problem = ""
        try:
            next(self._reader)
        except csv.Error as error:
            if str(error) == "unexpected end of data":
                raise _never_closed(number) from None
            problem = TEXT_AFTER_QUOTE
        return Row(number, b"".join(self._pieces), problem)

    def _texts(self) -> Iterator[str]:
        while True:
            if self._size > ROW_BYTES:
                raise _never_closed(self._first[0])
            raw = self._first[1] if not self._pieces else next(self._numbered, (0, b""))[1]
            if not raw:
                return
            self._pieces.append(raw)
            self._size += len(raw)
            yield raw.decode()


def _never_closed(number: int) -> InputRefused:
    return InputRefused(
        f"A quote on line {number} is never closed, so the rows after it cannot be told apart.",
        "Close the quote, or remove it, and upload the file again.",
        f"No quote ends the value within {ROW_BYTES // 1024} KiB or before the end of the file.",
    )
