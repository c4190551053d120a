"""GetItem of a whole item, straight from moto's table.

moto builds the answer by walking through botocore's model of it, which takes many times as long as
the read. A call that is not plain (a projection, a key that the table does not have) goes to moto,
which knows how to refuse it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from zlib import crc32

from moto.dynamodb.models.table import Table

from localcloud.dynamodb.tables import key_of, read
from localcloud.gateway.http import Response

_PLAIN = {"TableName", "Key", "ConsistentRead"}


def is_plain(table: Table, body: dict[str, Any]) -> bool:
    """Whether the call asks for nothing but the item, by just the attributes of the key."""
    if not body.keys() <= _PLAIN:
        return False
    types = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table.attr}
    key_types = {name: types[name] for name in table.table_key_attrs}
    return key_types == {name: _type_of(value) for name, value in body["Key"].items()}


def get_item(table: Table, key: dict[str, Any]) -> Response:
    """Answer as DynamoDB: no ``Item`` if there is none. Call this under moto's lock."""
    item = read(table, key_of(table, key))
    answer = {} if item is None else {"Item": item}
    body = json.dumps(answer, default=_binary).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(crc32(body))}
    return Response(200, headers, body)


def _binary(value: Any) -> str:
    """moto stores binary values as bytes."""
    return b64encode(value).decode()


def _type_of(value: Any) -> str:
    """Return ``S`` of ``{"S": "text"}``; nothing if the value is empty or malformed."""
    if isinstance(value, dict) and len(value) == 1 and all(value.values()):
        return str(next(iter(value)))
    return ""
