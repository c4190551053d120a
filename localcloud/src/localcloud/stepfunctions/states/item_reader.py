"""ItemReader, which reads a Distributed Map's items with the role from S3.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

import codecs
import csv
import io
import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import MAX_ITEMS

_GET = "arn:aws:states:::s3:getObject"
_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


@dataclass(frozen=True)
class ItemReader:
    arguments: Template
    input_type: str
    max_items: Template | None
    headers: tuple[str, ...] | None  # None: the first row holds them
    delimiter: str

    def read(self, frame: Frame) -> Sequence[Any]:
        """All items, at most MaxItems. Raises States.ItemReaderFailed."""
        arguments = frame.evaluate(self.arguments)
        max_items = int(frame.number(self.max_items, 0, MAX_ITEMS) or MAX_ITEMS)
        client = frame.branch.execution.client("s3")
        try:
            body = client.get_object(**arguments)["Body"].read()
            if self.input_type == "JSONL":
                return JsonLines(body, max_items)
            return list(islice(self._parse(body), max_items))
        except (ClientError, BotoCoreError, ValueError, csv.Error) as error:
            raise StateError("States.ItemReaderFailed", str(error)) from error

    def _parse(self, body: bytes) -> Iterator[Any]:
        text = body.decode("utf-8-sig")
        if self.input_type == "CSV":
            return self._rows(text)
        return iter(_items_of(json.loads(text)))

    def _rows(self, text: str) -> Iterator[dict[str, str]]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        names = list(self.headers) if self.headers else next(rows, [])
        if len(set(names)) < len(names):
            raise ValueError("CSV headers cannot contain duplicates.")
        for row in filter(None, rows):
            yield dict(zip(names, row + [""] * len(names), strict=False))


class JsonLines(Sequence[Any]):
    """Lines of JSON, each parsed when it is asked for: parsed, a million takes a gigabyte."""

    def __init__(self, body: bytes, most: int) -> None:
        """Raises ValueError for a line that is not JSON."""
        self._body = body.removeprefix(codecs.BOM_UTF8)
        self._starts = array("Q")
        start = 0
        while start < len(self._body) and len(self._starts) < most:
            end = self._end_of(start)
            if line := self._body[start:end].strip():
                json.loads(line)
                self._starts.append(start)
            start = end

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: Any) -> Any:
        start = self._starts[index]
        return json.loads(self._body[start : self._end_of(start)])

    def _end_of(self, start: int) -> int:
        return self._body.find(b"\n", start) + 1 or len(self._body)


def _items_of(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [{"Key": key, "Value": member} for key, member in value.items()]
    if not isinstance(value, list):
        raise ValueError("Attempting to map over non-iterable node.")
    return value


def read_item_reader(fields: Fields) -> ItemReader | None:
    reader = fields.object("ItemReader")
    if reader is None:
        return None
    reader.require("Resource", "Arguments")
    if (resource := reader.text("Resource") or _GET) != _GET:
        raise not_emulated(f"the ItemReader resource {resource}")
    arguments = reader.template("Arguments")
    config = reader.object_or_empty("ReaderConfig")
    config.require("InputType")
    if config.has("ItemsPointer"):
        raise not_emulated("the ItemsPointer of an ItemReader")
    input_type = str(config.take("InputType", "JSON"))
    if input_type not in ("CSV", "JSON", "JSONL"):
        raise not_emulated(f"the ItemReader input type {input_type}")
    if config.take("Transformation", "NONE") != "NONE":
        raise not_emulated("the ItemReader transformation LOAD_AND_FLATTEN")
    headers = _read_headers(config) if input_type == "CSV" else None
    delimiter = config.choice("CSVDelimiter", tuple(_DELIMITERS), "COMMA")
    item_reader = ItemReader(
        arguments,  # type: ignore[arg-type]  # None is reported above: the definition is refused
        input_type,
        config.integer_template("MaxItems", 0, MAX_ITEMS),
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
