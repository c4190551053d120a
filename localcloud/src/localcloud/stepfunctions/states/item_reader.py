"""ItemReader, which reads a Distributed Map's items with the role from S3, and ItemBatcher.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.compact_json import size
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import DATA_BYTES, MAX_ITEMS

_GET = "arn:aws:states:::s3:getObject"
_LIST = "arn:aws:states:::s3:listObjectsV2"
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


@dataclass(frozen=True)
class ItemReader:
    resource: str
    arguments: Template
    input_type: str
    max_items: Template | None
    pointer: str | None
    headers: tuple[str, ...] | None  # None: the first row holds them
    delimiter: str

    def read(self, frame: Frame) -> list[Any]:
        """All items, at most MaxItems. Raises States.ItemReaderFailed."""
        arguments = frame.evaluate(self.arguments)
        max_items = int(frame.number(self.max_items, 0, MAX_ITEMS) or MAX_ITEMS)
        client = frame.branch.execution.client("s3")
        try:
            if self.resource == _LIST:
                return list(islice(_listed_objects(client, arguments), max_items))
            body = client.get_object(**arguments)["Body"].read()
            return list(islice(self._parse(body), max_items))
        except (ClientError, BotoCoreError, ValueError, csv.Error) as error:
            raise StateError("States.ItemReaderFailed", str(error)) from error

    def _parse(self, body: bytes) -> Iterator[Any]:
        text = body.decode("utf-8-sig")
        if self.input_type == "CSV":
            return self._rows(text)
        if self.input_type == "JSONL":
            return (json.loads(line) for line in text.splitlines() if line.strip())
        return iter(_array_at(json.loads(text), self.pointer))

    def _rows(self, text: str) -> Iterator[dict[str, str]]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        names = list(self.headers) if self.headers else next(rows, [])
        if len(set(names)) < len(names):
            raise ValueError("CSV headers cannot contain duplicates.")
        for row in filter(None, rows):
            yield dict(zip(names, row + [""] * len(names), strict=False))


def _array_at(value: Any, pointer: str | None) -> list[Any]:
    for part in (pointer or "").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or key not in value:
            raise ValueError(f"ItemsPointer {pointer!r} does not lead to a value")
        value = value[key]
    if isinstance(value, dict):
        return [{"Key": key, "Value": member} for key, member in value.items()]
    if not isinstance(value, list):
        raise ValueError("Attempting to map over non-iterable node.")
    return value


def _listed_objects(client: Any, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("list_objects_v2").paginate(**arguments):
        for entry in page.get("Contents", []):
            yield {
                "Etag": entry["ETag"],
                "Key": entry["Key"],
                "LastModified": entry["LastModified"].timestamp(),
                "Size": entry["Size"],
                "StorageClass": entry.get("StorageClass", "STANDARD"),
            }


def read_item_reader(fields: Fields) -> ItemReader | None:
    reader = fields.object("ItemReader")
    if reader is None:
        return None
    reader.require("Resource", "Arguments")
    resource = reader.text("Resource") or _GET
    if resource not in (_GET, _LIST):
        raise not_emulated(f"the ItemReader resource {resource}")
    arguments = reader.template("Arguments")
    config = reader.object_or_empty("ReaderConfig")
    if resource == _GET:
        config.require("InputType")
    input_type = str(config.take("InputType", "JSON"))
    if input_type not in ("CSV", "JSON", "JSONL"):
        raise not_emulated(f"the ItemReader input type {input_type}")
    if config.take("Transformation", "NONE") != "NONE":
        raise not_emulated("the ItemReader transformation LOAD_AND_FLATTEN")
    headers = _read_headers(config) if input_type == "CSV" else None
    delimiter = config.choice("CSVDelimiter", tuple(_DELIMITERS), "COMMA")
    item_reader = ItemReader(
        resource,
        arguments,  # type: ignore[arg-type]  # None is reported above: the definition is refused
        input_type,
        config.integer_template("MaxItems", 0, MAX_ITEMS),
        config.text("ItemsPointer"),
        headers,
        _DELIMITERS[delimiter],
    )
    config.report_unread()
    reader.report_unread()
    return item_reader


def _read_headers(config: Fields) -> tuple[str, ...] | None:
    config.require("CSVHeaderLocation")
    location = config.choice("CSVHeaderLocation", ("FIRST_ROW", "GIVEN"), "FIRST_ROW")
    names = config.array("CSVHeaders")
    if location == "FIRST_ROW":
        return None
    if not names:
        config.report("CSVHeaders", "The field 'CSVHeaders' is required when headers are GIVEN")
    return tuple(str(name) for name in names)


class Batch(NamedTuple):
    input: Any  # of a child execution
    item_count: int


@dataclass(frozen=True)
class Batcher:
    """ItemBatcher: several items in the input of one child execution."""

    max_items: Template | None
    max_bytes: Template | None
    batch_input: Template | None

    def batches(self, frame: Frame, items: list[Any]) -> list[Batch]:
        """Batches that never exceed what an execution may get as input."""
        max_items = int(frame.number(self.max_items, 1, MAX_ITEMS) or MAX_ITEMS)
        max_bytes = int(frame.number(self.max_bytes, 1, DATA_BYTES) or DATA_BYTES)
        members = {"BatchInput": frame.evaluate(self.batch_input)} if self.batch_input else {}
        overhead = total = size({**members, "Items": []})
        lists: list[list[Any]] = []
        for item in items:
            item_bytes = size(item) + 1  # its comma
            if not lists or len(lists[-1]) >= max_items or total + item_bytes > max_bytes:
                lists.append([])
                total = overhead
            lists[-1].append(item)
            total += item_bytes
        return [Batch({**members, "Items": batch}, len(batch)) for batch in lists]


def read_batcher(fields: Fields) -> Batcher | None:
    config = fields.object("ItemBatcher")
    if config is None:
        return None
    if not (config.has("MaxItemsPerBatch") or config.has("MaxInputBytesPerBatch")):
        config.report_here(
            "At least one of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]"
        )
    batcher = Batcher(
        config.integer_template("MaxItemsPerBatch", 1, MAX_ITEMS),
        config.integer_template("MaxInputBytesPerBatch", 1, DATA_BYTES),
        config.template("BatchInput"),
    )
    config.report_unread()
    return batcher
