"""S3 and DynamoDB for one benchmark: each request takes its time and no CPU, and nothing is kept.

What is read is a file of this machine, or made up as it is read: an object of 8 GB in memory would
be the benchmark's memory, and not the function's.
"""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

REQUEST_SECONDS = 0.025
CHUNK_ROWS, CHUNK_BYTES = 500, 245_760  # CHUNK_RECORDS and CHUNK_BYTES of deployment/Makefile
# In every chunk these rows are rejected: 2 %, as in a generated file.
REJECTED = range(50, 501, 50)
ADDED = ["9925", "255.28", "159.42", "2533654.00", "1582243.50", "951410.50"]
ENTRY_BYTES = 180


class Body:
    """The body of a response."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        return self._data


class Writes:
    """Takes what is written."""

    def put_object(self, **_: Any) -> dict[str, str]:
        time.sleep(REQUEST_SECONDS)
        return {"VersionId": "v"}

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        time.sleep(REQUEST_SECONDS)
        return {"UploadId": "u"}

    def upload_part(self, **_: Any) -> dict[str, str]:
        time.sleep(REQUEST_SECONDS)
        return {"ETag": "e", "ChecksumCRC32": "c"}

    def abort_multipart_upload(self, **_: Any) -> None:
        time.sleep(REQUEST_SECONDS)

    def complete_multipart_upload(self, **_: Any) -> dict[str, str]:
        time.sleep(REQUEST_SECONDS)
        return {"VersionId": "v"}


class SplitS3(Writes):
    """Has the input of the splitter."""

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_RDONLY)
        self._size = file.stat().st_size

    def head_object(self, **_: Any) -> dict[str, int]:
        time.sleep(REQUEST_SECONDS)
        return {"ContentLength": self._size}

    def get_object(self, *, Range: str, **_: Any) -> dict[str, Body]:  # noqa: N803 - S3's names
        time.sleep(REQUEST_SECONDS)
        start, end = _bounds(Range)
        return {"Body": Body(os.pread(self._descriptor, end - start, start))}


class MergeS3(Writes):
    """Has a manifest of `chunks` chunks, and enriched chunks of rows as in the file."""

    def __init__(self, file: Path, chunks: int) -> None:
        self._size = chunks * ENTRY_BYTES
        self._chunks = list(_enriched_chunks(file))

    def head_object(self, **_: Any) -> dict[str, int]:
        time.sleep(REQUEST_SECONDS)
        return {"ContentLength": self._size}

    def get_object(self, *, Key: str, Range: str = "", **_: Any) -> dict[str, Body]:  # noqa: N803
        time.sleep(REQUEST_SECONDS)
        if Range:
            return {"Body": Body(_manifest(*_bounds(Range)))}
        index = int(Key.rpartition("/")[2].removesuffix(".csv"))
        first = b",".join(b"%d" % (index * CHUNK_ROWS + row) for row in REJECTED)
        return {"Body": Body(first + b"\r\n" + self._chunks[index % len(self._chunks)])}


class Rejects:
    """The errors table, with the rejected rows of every chunk."""

    def get_paginator(self, _name: str) -> Rejects:
        return self

    def paginate(self, *, ExpressionAttributeValues: Any, **_: Any) -> Any:  # noqa: N803 - its names
        time.sleep(REQUEST_SECONDS)
        index = int(ExpressionAttributeValues[":chunk"]["S"].rpartition("/")[2])
        return [{"Items": [_reject(index * CHUNK_ROWS + row) for row in REJECTED]}]


def _bounds(byte_range: str) -> tuple[int, int]:
    start, end = byte_range.removeprefix("bytes=").split("-")
    return int(start), int(end) + 1


def _manifest(start: int, end: int) -> bytes:
    """Return these bytes of a manifest whose entries all have ENTRY_BYTES."""
    indexes = range(start // ENTRY_BYTES, -(-end // ENTRY_BYTES))
    text = b"".join(_entry(index) for index in indexes)
    skipped = start % ENTRY_BYTES
    return text[skipped : skipped + end - start]


def _entry(index: int) -> bytes:
    place = b'"key": "work/a-0123456789abcdef/chunks/%06d.csv", "offset": 100000' % (index // 100)
    row = index * CHUNK_ROWS + 1
    rows = b'"size": 41000, "first_row": %d, "first_line": %d, "rows": 500' % (row, row + 1)
    entry = b'{"index": %d, %b, %b}' % (index, place, rows)
    return entry.ljust(ENTRY_BYTES - 1) + b"\n"


def _enriched_chunks(file: Path, count: int = 40) -> Iterator[bytes]:
    """Yield the bytes of the first rows of the file as the writer stores them."""
    with file.open(newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        next(rows)
        for _ in range(count):
            text = io.StringIO()
            some = islice(rows, CHUNK_ROWS - len(REJECTED))
            csv.writer(text, lineterminator="\r\n").writerows([*row, *ADDED] for row in some)
            yield text.getvalue().encode()


_REJECT = {
    "reasons": {"L": [{"S": "uuid is not nine digits"}]},
    "fields": {"M": {name: {"S": "Tuvalu"} for name in ("uuid", "Country", "Region")}},
}


def _reject(row: int) -> dict[str, Any]:
    return {"row": {"N": str(row)}, "line": {"N": str(row + 1)}, **_REJECT}
