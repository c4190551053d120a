"""The object of an enriched chunk: a line with the numbers of the rejected rows, then CSV rows.

Both are one object, so that they are of one try at the chunk. An earlier try may have rejected rows
that a later one does not, and its rejects stay in the errors table.
"""

from collections.abc import Iterable

from common.csv_text import format_row


def join_chunk(rejected: Iterable[int], rows: str) -> bytes:
    """Return the bytes of the object."""
    return (format_row([str(row) for row in rejected]) + rows).encode()


def split_chunk(data: bytes) -> tuple[list[int], bytes]:
    """Return the numbers of the rejected rows, and the CSV rows.

    Raises ValueError if the bytes are not such an object.
    """
    line, separator, rows = data.partition(b"\r\n")
    if not separator:
        raise ValueError("the object of an enriched chunk has no first line")
    return [int(number) for number in line.split(b",") if line], rows
