"""What DynamoDB refuses in a query because of the table's keys, and moto accepts.

Wordings: https://github.com/architect/dynalite (validations), which compared them with AWS.
"""

import re
from typing import Any

from moto.dynamodb.models.table import Table

from localcloud.dynamodb.table_checks import Body, invalid

_COMPARISON = re.compile(r"([#\w]+)\s*(?:=|<=?|>=?)\s*(:\w+)")
_TOP_LEVEL_NAME = re.compile(r"(?<![.:#\w])[#\w]+")


def check_query(table: Table, body: Body) -> None:
    keys = _keys(table, body.get("IndexName"))
    names = body.get("ExpressionAttributeNames") or {}
    for word in _TOP_LEVEL_NAME.findall(body.get("FilterExpression") or ""):
        if (name := names.get(word, word)) in keys:
            raise invalid(
                "Filter Expression can only contain non-primary key attributes: "
                f"Primary key attribute: {name}"
            )
    start = body.get("ExclusiveStartKey")
    if start is not None and start.keys() != {*keys, *table.table_key_attrs}:
        raise invalid("The provided starting key is invalid")
    _check_types(table, body, names)


def _keys(table: Table, index: str | None) -> list[str]:
    if index is None:
        return list(table.table_key_attrs)
    for existing in (*table.global_indexes, *table.indexes):
        if existing.name == index:
            return [key["AttributeName"] for key in existing.schema]
    raise invalid(f"The table does not have the specified index: {index}")


def _check_types(table: Table, body: Body, names: dict[str, Any]) -> None:
    types = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in table.attr}
    values = body.get("ExpressionAttributeValues") or {}
    for word, placeholder in _COMPARISON.findall(body.get("KeyConditionExpression") or ""):
        expected = types.get(names.get(word, word))
        if expected and expected not in values.get(placeholder, {expected: ""}):
            raise invalid(
                "One or more parameter values were invalid: Condition parameter type does not "
                "match schema type"
            )
