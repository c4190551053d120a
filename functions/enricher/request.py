"""Parses the body of a request to the enricher."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from common.records import INPUT_COLUMNS


class BadRequest(Exception):
    """The body does not have the fields of a record; the message says what is wrong."""


def request_fields(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the input columns in their order, and nothing else that the body has."""
    body = _parse_body(event)
    missing = [name for name in INPUT_COLUMNS if not isinstance(body.get(name), str)]
    if missing:
        raise BadRequest(f"the body lacks: {', '.join(missing)}")
    if not body["uuid"]:
        raise BadRequest("uuid is empty")
    return {name: body[name] for name in INPUT_COLUMNS}


def _parse_body(event: Mapping[str, Any]) -> dict[str, Any]:
    text = event.get("body") or ""
    try:
        body = json.loads(base64.b64decode(text) if event.get("isBase64Encoded") else text)
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body
