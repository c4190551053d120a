"""What DynamoDB refuses in items and expressions, and moto accepts or crashes on.

Wordings: https://github.com/architect/dynalite (validations), which compared them with AWS.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from localcloud.dynamodb.table_checks import Body, require_valid

_TYPES = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}
_MAX_DEPTH = 32
_LARGEST, _SMALLEST = Decimal("9.9999999999999999999999999999999999999E+125"), Decimal("1E-130")
_FUNCTIONS = {
    "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size",
    "if_not_exists", "list_append",
}  # fmt: skip
_EXPRESSIONS = (
    "ConditionExpression", "FilterExpression", "KeyConditionExpression", "ProjectionExpression",
    "UpdateExpression",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"[:#][A-Za-z0-9_]+")
_FUNCTION = re.compile(r"([A-Za-z_]+)\s*\(")
_WORDS = {"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "ADD", "DELETE", "REMOVE"}


def check_items(body: Body) -> None:
    """Check every value and expression of a request, whatever its operation."""
    for request in _requests(body):
        for member in ("Item", "Key", "ExclusiveStartKey", "ExpressionAttributeValues"):
            values = request.get(member)
            if isinstance(values, dict):
                for value in values.values():
                    _check_value(value, 1)
        _check_expressions(request)


def _requests(body: Body) -> Iterator[Body]:
    """The request itself and those inside of a batch or a transaction."""
    yield body
    for entry in body.get("TransactItems") or ():
        message = "TransactItems can only contain one of Check, Put, Update or Delete"
        require_valid(len(entry) == 1, message)
        yield from entry.values()
    tables = body.get("RequestItems")
    for table in tables.values() if isinstance(tables, dict) else ():
        if isinstance(table, list):
            yield from (details for entry in table for details in entry.values())


def _check_value(value: Any, depth: int) -> None:
    one_of = "must contain exactly one of the supported datatypes"
    has_type = isinstance(value, dict) and value.keys() & _TYPES
    require_valid(has_type, f"Supplied AttributeValue is empty, {one_of}")
    message = f"Supplied AttributeValue has more than one datatypes set, {one_of}"
    require_valid(len(value) == 1, message)
    ((kind, content),) = value.items()
    if kind in ("M", "L"):
        require_valid(depth <= _MAX_DEPTH, "Nesting Levels have exceeded supported limits")
        for item in content.values() if kind == "M" else content:
            _check_value(item, depth + 1)
    elif kind == "N":
        _number(content)
    elif kind in ("SS", "NS", "BS"):
        elements = [_number(text) for text in content] if kind == "NS" else content
        message = (
            "One or more parameter values were invalid: "
            f"Input collection [{', '.join(map(str, content))}] contains duplicates."
        )
        require_valid(len(set(elements)) == len(content), message)


def _number(text: Any) -> Decimal:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""
    try:
        number = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        number = Decimal("NaN")
    message = f"The parameter cannot be converted to a numeric value: {text}"
    require_valid(number.is_finite(), message)
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    message = "Attempting to store more than 38 significant digits in a Number"
    require_valid(len(digits) <= 38, message)
    message = "Number {}. Attempting to store a number with magnitude {} than supported range"
    require_valid(abs(number) <= _LARGEST, message.format("overflow", "larger"))
    is_large = not number or abs(number) >= _SMALLEST
    require_valid(is_large, message.format("underflow", "smaller"))
    return number


def _check_expressions(request: Body) -> None:
    expressions = {name: request[name] for name in _EXPRESSIONS if name in request}
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    used: set[str] = set()
    for kind, text in expressions.items():
        require_valid(text, f"Invalid {kind}: The expression can not be empty;")
        in_text = set(_PLACEHOLDER.findall(text))
        used |= in_text
        for placeholder in sorted(in_text - names.keys() - values.keys()):
            noun = "value" if placeholder[0] == ":" else "name"
            message = (
                f"Invalid {kind}: An expression attribute {noun} used in expression is not defined;"
                f" attribute {noun}: {placeholder}"
            )
            require_valid(False, message)
        for function in _FUNCTION.findall(text):
            is_known = function in _FUNCTIONS or function.upper() in _WORDS
            message = f"Invalid {kind}: Invalid function name; function: {function}"
            require_valid(is_known, message)
    placeholders = {"ExpressionAttributeValues": values, "ExpressionAttributeNames": names}
    for member, provided in placeholders.items():
        unused = ", ".join(sorted(provided.keys() - used))
        message = f"Value provided in {member} unused in expressions: keys: {{{unused}}}"
        require_valid(not unused, message)
