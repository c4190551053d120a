"""The one CSV dialect of all files that the system writes: comma, CRLF, quotes where needed."""

import csv
import io
from collections.abc import Iterator, Sequence


def line(values: Sequence[str]) -> str:
    """The values as one CSV record with its CRLF. One empty value becomes `""`, never blank."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue()


def rows(text: str) -> Iterator[list[str]]:
    """The records of a text written with `line`. Raises csv.Error where it is not CSV."""
    # newline="" keeps the newlines inside quoted fields as they are (docs.python.org, csv).
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def count_rows(data: bytes) -> int:
    """Records in bytes written with `line`: the CRLFs outside quotes.

    A doubled quote leaves and enters the quoted field again, so it needs no special care.
    Raises ValueError where the bytes end inside a record, as a truncated object does.
    """
    outside = data.split(b'"')[::2]
    if data and (data.count(b'"') % 2 or not data.endswith(b"\r\n")):
        raise ValueError("the bytes end inside a record")
    return sum(part.count(b"\r\n") for part in outside)
