"""Parses the body of a request to the enricher."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from common.records import INPUT_COLUMNS, Record
from enricher.financial_items import MOST_ITEMS


class BadRequest(Exception):
    """The body does not have records; the message says what is wrong."""


def requested_records(event: Mapping[str, Any]) -> list[Record]:
    """Return the records with the input columns in their order, and nothing else of the body."""
    records = _parse_body(event).get("records")
    if not isinstance(records, list) or not records:
        raise BadRequest("the body has no list of records")
    if len(records) > MOST_ITEMS:
        raise BadRequest(f"more than {MOST_ITEMS} records")
    return [_record(record) for record in records]


def _record(record: Any) -> Record:
    if not isinstance(record, dict) or not isinstance(record.get("fields"), dict):
        raise BadRequest("a record has no fields")
    fields = record["fields"]
    missing = [name for name in ("row", "line") if not isinstance(record.get(name), int)]
    missing += [name for name in INPUT_COLUMNS if not isinstance(fields.get(name), str)]
    if missing:
        raise BadRequest(f"a record lacks: {', '.join(missing)}")
    if not fields["uuid"]:
        raise BadRequest("a uuid is empty")
    return {
        "row": record["row"],
        "line": record["line"],
        "fields": {name: fields[name] for name in INPUT_COLUMNS},
    }


def _parse_body(event: Mapping[str, Any]) -> dict[str, Any]:
    text = event.get("body") or ""
    try:
        body = json.loads(base64.b64decode(text) if event.get("isBase64Encoded") else text)
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body
