"""Splitter, reader, writer and merger as one function over bytes, with storage in memory."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from common import keys
from common.enriched_chunk import join_chunk
from common.records import FINANCIAL_ATTRIBUTES, Record
from common.stored_object import StoredObject
from merger.merge import Merger, MergeResult, SplitInput
from reader.chunk_records import chunk_records
from splitter.split import Splitter
from tests.pipeline.storage import Storage
from writer.enriched_csv import enriched_csv

ADDED = ["1"] * len(FINANCIAL_ATTRIBUTES)
BUCKET, KEY, ATTEMPT = "bucket", "input/a.csv", "r"


class Outcome(NamedTuple):
    """The rows of output and rejects, without header, as a CSV reader reads them."""

    out: list[list[str]]
    rejects: list[dict[str, str]]


def process(data: bytes, chunk_records: int, chunks_a_call: int = 1000) -> Outcome:
    """Return what a file becomes if every row has financial data. Raises InputRefused."""
    storage: Any = Storage()
    storage.objects[KEY] = data
    result = Splitter(storage, BUCKET, chunk_records, 131_072, len(data)).split(ATTEMPT, KEY, "v")
    for line in storage.objects[result["manifest_key"]].splitlines():
        _enrich(storage, json.loads(line))
    source = SplitInput(ATTEMPT, KEY, result["manifest_key"], result["rows_in"])
    merged = merge_in_calls(Merger(storage, storage, BUCKET, "errors"), source, chunks_a_call)
    rejects = storage.objects.get(merged["rejects_key"] or "", b"")
    return Outcome(
        list(csv.reader(_text(storage.objects[merged["output_key"]])))[1:],
        list(csv.DictReader(_text(rejects))),
    )


def merge_in_calls(merger: Merger, source: SplitInput, chunks_a_call: int) -> MergeResult:
    """Call the merger until it has finished; each call merges so many chunks."""
    checkpoint: str | None = None
    while True:
        result = merger.merge(source, checkpoint, is_up_after(chunks_a_call))
        if "checkpoint" not in result:
            return result
        checkpoint = result["checkpoint"]


def is_up_after(chunks: int) -> Callable[[], bool]:
    """Return an `is_time_up` for the merger, which asks it after each chunk."""
    merged = itertools.count(1)
    return lambda: next(merged) == chunks


def _enrich(storage: Any, chunk: Any) -> None:
    body = StoredObject(storage, BUCKET, chunk["key"]).read(chunk["offset"], chunk["size"])
    records = chunk_records(chunk, body)
    storage.rejects[keys.rejects_of_chunk(ATTEMPT, chunk["index"])] = [
        _item(record) for record in records if "malformed" in record
    ]
    enriched = [
        {"row": record["row"], "cells": [*record["fields"].values(), *ADDED]}
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
