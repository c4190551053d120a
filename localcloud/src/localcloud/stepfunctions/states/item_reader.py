"""ItemReader: the items of a Distributed Map out of S3, read with the state machine's role.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields

_GET = "arn:aws:states:::s3:getObject"
_LIST = "arn:aws:states:::s3:listObjectsV2"
_MOST_ITEMS = 100_000_000
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
        most = int(frame.number(self.max_items, 0, _MOST_ITEMS) or _MOST_ITEMS)
        client = frame.branch.execution.client("s3")
        try:
            if self.resource == _LIST:
                return list(islice(_listed(client, arguments), most))
            body = client.get_object(**arguments)["Body"].read()
            return list(islice(self._parsed(body), most))
        except (ClientError, BotoCoreError, ValueError, csv.Error) as error:
            raise StateError("States.ItemReaderFailed", frame.at_this_state(str(error))) from error

    def _parsed(self, body: bytes) -> Iterator[Any]:
        text = body.decode("utf-8-sig")
        if self.input_type == "CSV":
            return self._rows(text)
        if self.input_type == "JSONL":
            return (json.loads(line) for line in text.splitlines() if line.strip())
        return iter(_array(json.loads(text), self.pointer))

    def _rows(self, text: str) -> Iterator[dict[str, str]]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        names = list(self.headers) if self.headers else next(rows, [])
        for row in rows:
            if row:
                yield dict(zip(names, row, strict=False))


def _array(value: Any, pointer: str | None) -> list[Any]:
    for part in (pointer or "").split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or key not in value:
            raise ValueError(f"ItemsPointer {pointer!r} does not lead to a value")
        value = value[key]
    if isinstance(value, dict):
        return [{"Key": key, "Value": member} for key, member in value.items()]
    if not isinstance(value, list):
        raise ValueError("Attempting to map over a value that is neither an array nor an object")
    return value


def _listed(client: Any, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("list_objects_v2").paginate(**arguments):
        for found in page.get("Contents", []):
            yield {
                "Etag": found["ETag"],
                "Key": found["Key"],
                "LastModified": found["LastModified"].timestamp(),
                "Size": found["Size"],
                "StorageClass": found.get("StorageClass", "STANDARD"),
            }


def read_item_reader(fields: Fields) -> ItemReader | None:
    sub = fields.sub("ItemReader")
    if sub is None:
        return None
    sub.require("Resource", "Arguments")
    resource = sub.text("Resource") or _GET
    if resource not in (_GET, _LIST):
        raise not_emulated(f"the ItemReader resource {resource}")
    arguments = sub.template("Arguments")
    config = sub.sub("ReaderConfig") or Fields({}, sub.location, sub.diagnostics)
    if resource == _GET:
        config.require("InputType")
    input_type = str(config.raw("InputType", "JSON"))
    if input_type not in ("CSV", "JSON", "JSONL"):
        raise not_emulated(f"the ItemReader input type {input_type}")
    if config.raw("Transformation", "NONE") != "NONE":
        raise not_emulated("the ItemReader transformation LOAD_AND_FLATTEN")
    headers = _headers(config) if input_type == "CSV" else None
    delimiter = config.choice("CSVDelimiter", tuple(_DELIMITERS), "COMMA")
    reader = ItemReader(
        resource,
        arguments,  # type: ignore[arg-type]  # None only if required above failed: the definition is refused then
        input_type,
        config.integer_template("MaxItems", 0, _MOST_ITEMS),
        config.text("ItemsPointer"),
        headers,
        _DELIMITERS[delimiter],
    )
    config.done()
    sub.done()
    return reader


def _headers(config: Fields) -> tuple[str, ...] | None:
    config.require("CSVHeaderLocation")
    where = config.choice("CSVHeaderLocation", ("FIRST_ROW", "GIVEN"), "FIRST_ROW")
    names = config.items("CSVHeaders")
    if where == "FIRST_ROW":
        return None
    if not names:
        config.wrong("CSVHeaders", "The field 'CSVHeaders' is required when headers are GIVEN")
    return tuple(str(name) for name in names)
