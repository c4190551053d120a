"""GetItem and BatchGetItem of whole items, answered straight from moto's tables.

moto builds each answer by walking through botocore's model of it, which takes many times as long as
the read. Any other read goes to moto, and so does what has to be refused.
"""

import json
from base64 import b64encode
from typing import Any
from zlib import crc32

from moto.dynamodb.models.table import Table

from localcloud.dynamodb.replicas import table_name
from localcloud.dynamodb.table_checks import invalid
from localcloud.dynamodb.tables import find_table, key_of, read
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock

Body = dict[str, Any]
# Of one call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_MOST_KEYS = 100
_MOST_BYTES = 16 * 1024 * 1024


def get_item(call: Call, body: Body) -> Response | None:
    """Answer without ``Item`` if there is none; None if moto has to answer."""
    if not body.keys() <= {"TableName", "Key", "ConsistentRead"}:
        return None
    with service_lock("dynamodb"):
        items = _items(call, body.get("TableName", ""), [body["Key"]])
        return None if items is None else _response({"Item": items[0]} if items else {})


def batch_get_item(call: Call, body: Body) -> Response | None:
    """The items that there are, by table, in the order of their keys; None as above."""
    requests = body["RequestItems"]
    if body.keys() != {"RequestItems"} or not _are_plain(requests):
        return None
    with service_lock("dynamodb"):
        items = {name: _items(call, name, request["Keys"]) for name, request in requests.items()}
        if None in items.values():
            return None
        response = _response({"Responses": items, "UnprocessedKeys": {}})
    # An item is smaller than its JSON. Of more than 16 MiB, moto leaves some unprocessed.
    return response if len(response.body) <= _MOST_BYTES else None


def _items(call: Call, name: str, keys: list[Body]) -> list[Body] | None:
    """Return the items of ``keys``; None if the table or a value is wrong."""
    table = find_table(call.region, table_name(name))
    if table is None:
        return None
    types = _key_types(table)
    if any(key.keys() != types.keys() for key in keys):
        raise invalid("The provided key element does not match the schema")
    if any({name: _type_of(value) for name, value in key.items()} != types for key in keys):
        return None
    items = (read(table, key_of(table, key)) for key in keys)
    return [item for item in items if item is not None]


def _are_plain(requests: dict[str, Body]) -> bool:
    """Whether a batch asks for whole items, for no more than it may, and for none twice."""
    if any(not request.keys() <= {"Keys", "ConsistentRead"} for request in requests.values()):
        return False
    keys = [(name, repr(key)) for name, request in requests.items() for key in request["Keys"]]
    return 0 < len(keys) == len(set(keys)) <= _MOST_KEYS


def _key_types(table: Table) -> dict[str, str]:
    types = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table.attr}
    return {name: types[name] for name in table.table_key_attrs}


def _type_of(value: Any) -> str:
    """Return ``S`` of ``{"S": "text"}``; nothing if the value is empty or malformed."""
    if isinstance(value, dict) and len(value) == 1 and all(value.values()):
        return str(next(iter(value)))
    return ""


def _response(answer: Body) -> Response:
    body = json.dumps(answer, default=_binary).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(crc32(body))}
    return Response(200, headers, body)


def _binary(value: Any) -> str:
    """moto stores binary values as bytes."""
    return b64encode(value).decode()
