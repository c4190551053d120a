"""Splitter, reader, writer and merger as one function over bytes, with storage in memory."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, NamedTuple

from common import keys
from common.enriched_chunk import join_chunk
from common.records import FINANCIAL_ATTRIBUTES, Record
from common.stored_object import StoredObject
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


class Storage:
    """What the functions need of S3, and of the table of rejected rows."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.rejects: list[dict[str, Any]] = []

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803 - S3's
        self.objects[Key] = Body
        return {"VersionId": "v"}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, int]:  # noqa: N803 - S3's names
        return {"ContentLength": len(self.objects[Key])}

    def get_object(self, *, Key: str, Range: str = "bytes=0-", **_: Any) -> Any:  # noqa: N803
        start, end = Range.removeprefix("bytes=").split("-")
        data = self.objects[Key][int(start) : int(end) + 1 if end else None]
        return {"Body": io.BytesIO(data)}

    def get_paginator(self, _name: str) -> Storage:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Items": self.rejects}]


def process(data: bytes, chunk_records: int) -> Outcome:
    """Return what a file becomes if every row has financial data. Raises InputRefused."""
    storage: Any = Storage()
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


def _enrich(storage: Any, chunk: Any) -> None:
    body = StoredObject(storage, BUCKET, chunk["key"]).read(chunk["offset"], chunk["size"])
    records = chunk_records(chunk, body)
    storage.rejects += [_item(record) for record in records if "malformed" in record]
    enriched = [
        {"row": record["row"], "fields": record["fields"] | ADDED}
        for record in records
        if "malformed" not in record
    ]
    rejected = [record["row"] for record in records if "malformed" in record]
    text = enriched_csv(chunk, enriched, rejected, is_neutralised=False)
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
