"""Splitter, reader, writer and merger as one function over bytes, with storage in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from common import keys
from common.enriched_chunk import join_chunk
from common.records import FINANCIAL_ATTRIBUTES, Record
from merger.merge import Merger
from reader.chunk_records import chunk_records
from splitter.split import Splitter
from writer.enriched_csv import enriched_csv

ADDED = dict.fromkeys(FINANCIAL_ATTRIBUTES, "1")
BUCKET, KEY, ATTEMPT = "bucket", "input/a.csv", "r"


class Outcome(NamedTuple):
    """The rows of output and rejects, without header, as a CSV reader reads them."""

    out: list[list[str]]
    rejects: list[dict[str, str]]


class Body:
    """A response's body that comes in small blocks, so that lines and characters are cut."""

    def __init__(self, data: bytes, block_size: int) -> None:
        self._data, self._block_size = data, block_size

    def read(self) -> bytes:
        return self._data

    def iter_chunks(self, _size: int) -> Iterator[bytes]:
        # The first block tells what a file is, as it does on S3.
        yield self._data[:1000]
        for start in range(1000, len(self._data), self._block_size):
            yield self._data[start : start + self._block_size]

    def iter_lines(self) -> Iterator[bytes]:
        yield from self._data.splitlines()


class Storage:
    """What the functions need of S3, and of the table of rejected rows."""

    def __init__(self, block_size: int) -> None:
        self.objects: dict[str, bytes] = {}
        self.rejects: list[dict[str, Any]] = []
        self._block_size = block_size

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803 - S3's
        self.objects[Key] = Body
        return {"VersionId": "v"}

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - S3's names
        data = self.objects[Key]
        return {"Body": Body(data, self._block_size), "ContentLength": len(data)}

    def get_paginator(self, _name: str) -> Storage:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Items": self.rejects}]


def process(data: bytes, chunk_records: int, block_size: int) -> Outcome:
    """Return what a file becomes if every row has financial data. Raises InputRefused."""
    storage: Any = Storage(block_size)
    storage.objects[KEY] = data
    result = Splitter(storage, BUCKET, chunk_records, 131_072).split(ATTEMPT, KEY, "v")
    for line in storage.objects[result["manifest_key"]].splitlines():
        _enrich(storage, json.loads(line))
    merger = Merger(storage, storage, BUCKET, "errors")
    merged = merger.merge(ATTEMPT, KEY, result["manifest_key"], result["rows_in"])
    rejects = storage.objects.get(merged["rejects_key"] or "", b"")
    return Outcome(
        list(csv.reader(_text(storage.objects[merged["output_key"]])))[1:],
        list(csv.DictReader(_text(rejects))),
    )


def _enrich(storage: Storage, chunk: Any) -> None:
    records = chunk_records(chunk, storage.objects[chunk["key"]])
    storage.rejects += [_item(record) for record in records if "malformed" in record]
    enriched = [
        {"row": record["row"], "rejected": True}
        if "malformed" in record
        else {"row": record["row"], "fields": record["fields"] | ADDED}
        for record in records
    ]
    text, _ = enriched_csv(chunk, enriched, is_neutralised=False)
    rejected = [record["row"] for record in records if "malformed" in record]
    storage.put_object(Key=keys.enriched(ATTEMPT, chunk["index"]), Body=join_chunk(rejected, text))


def _item(record: Record) -> dict[str, Any]:
    return {
        "row": {"N": str(record["row"])},
        "line": {"N": str(record["line"])},
        "reasons": {"L": [{"S": record["malformed"]}]},
        "raw": {"S": record["raw"]},
    }


def _text(data: bytes) -> io.StringIO:
    return io.StringIO(data.decode(), newline="")
