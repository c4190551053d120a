"""The CSV dialect of all files that the system writes: comma, CRLF, quotes where needed."""

import csv
import io
from collections.abc import Iterator, Sequence


def format_row(values: Sequence[str]) -> str:
    """Return the values as one CSV row with its CRLF. A single empty value becomes `""`."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue()


def parse_rows(text: str) -> Iterator[list[str]]:
    """Yield the rows of a text that `format_row` wrote. Raises csv.Error where it is not CSV."""
    # newline="" keeps newlines inside quotes: https://docs.python.org/3/library/csv.html#csv.reader
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def count_rows(data: bytes) -> int:
    """Count the rows in bytes that `format_row` wrote: the line ends outside quotes.

    A doubled quote leaves the quoted field and enters it again, so it needs no special care.
    Raises ValueError if the bytes end inside a row, as those of a truncated object do.
    """
    pieces = data.split(b'"')
    if data and (len(pieces) % 2 == 0 or not data.endswith(b"\r\n")):
        raise ValueError("the bytes end inside a row")
    return data.count(b"\n") - b"".join(pieces[1::2]).count(b"\n")
