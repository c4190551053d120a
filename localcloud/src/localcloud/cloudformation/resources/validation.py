"""Validates evaluated properties by the schema of their resource type."""

from typing import Any

import regex  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.keywords import validator
from localcloud.cloudformation.resources.schemas import read_only, schema_of
from localcloud.cloudformation.templates.template import text_of

# Types as AWS's messages name them.
_TYPES = {"array": "JSONArray", "object": "JSONObject", "null": "Null"}
_SIZES = {
    "minLength": "minimum length",
    "maxLength": "maximum length",
    "minItems": "minimum item count",
    "maxItems": "maximum item count",
    "minProperties": "minimum property count",
    "maxProperties": "maximum property count",
}
Schema = dict[str, Any]


def validated(
    region: str, kind: str, logical_id: str, properties: dict[str, Any]
) -> dict[str, Any]:
    """Convert scalars to the schema's types; ResourceFailure, in AWS's words, if they break it."""
    schema = schema_of(region, kind)
    value: dict[str, Any] = _coerced(properties, schema, schema)
    if errors := list(_validator(schema).iter_errors(value)):
        messages = ", ".join(_located_message(error) for error in errors[:5])
        raise ResourceFailure(
            f"Properties validation failed for resource {logical_id} with message: [{messages}]"
        )
    return value


def _located_message(error: Any) -> str:
    path = list(error.absolute_path)
    if error.validator == "additionalProperties":
        return f"{_place(path[:-1])}: extraneous key [{path[-1]}] is not permitted"
    return f"{_place(path)}: {_message(error)}"


def _place(path: list[Any]) -> str:
    return "/".join(["#", *map(str, path)])


def _message(error: Any) -> str:
    """In AWS's words, which do not repeat a value, because it may be a secret."""
    if error.validator == "required":
        name = error.message.split("'")[1]
        return f"required key [{name}] not found"
    if error.validator == "type":
        expected = error.validator_value
        first = expected if isinstance(expected, str) else expected[0]
        return f"expected type: {_type_name(first)}, found: {_type_name(_type_of(error.instance))}"
    if error.validator in ("anyOf", "oneOf"):
        inner = ", ".join(_located_message(item) for item in error.context[:3])
        return f"no subschema matched: {inner}"
    if error.validator in ("enum", "pattern", "const"):
        return f"failed validation constraint for keyword [{error.validator}]"
    if error.validator == "uniqueItems":
        return "array items are not unique"
    if error.validator in _SIZES:
        limit, found = error.validator_value, len(error.instance)
        return f"expected {_SIZES[error.validator]}: {limit}, found: {found}"
    return str(error.message)


def _type_name(kind: str) -> str:
    return _TYPES.get(kind, kind.capitalize())


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def _validator(schema: Schema) -> Any:
    hidden = read_only(schema)
    writable = {k: value for k, value in schema["properties"].items() if k not in hidden}
    required = [name for name in schema.get("required", []) if name in writable]
    return validator({**schema, "properties": writable, "required": required})


def _coerced(value: Any, schema: Schema, root: Schema) -> Any:
    schema = _dereferenced(schema, root)
    if isinstance(value, dict):
        return {key: _coerced(item, _member(schema, key), root) for key, item in value.items()}
    if isinstance(value, list):
        return [_coerced(item, schema.get("items") or {}, root) for item in value]
    return _scalar(value, schema.get("type"))


def _dereferenced(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    for choice in ("anyOf", "oneOf", "allOf"):
        if "type" not in schema and "properties" not in schema and schema.get(choice):
            return _merged([_dereferenced(option, root) for option in schema[choice]])
    return schema


def _merged(options: list[Schema]) -> Schema:
    """One schema with every option's members and types, which is enough to convert by."""
    properties: Schema = {}
    types: list[str] = []
    for option in options:
        properties |= option.get("properties", {})
        kinds = option.get("type", [])
        types += kinds if isinstance(kinds, list) else [kinds]
    items: Schema = next((option["items"] for option in options if "items" in option), {})
    return {"properties": properties, "items": items, "type": types}


def _member(schema: Schema, key: str) -> Schema:
    if key in schema.get("properties", {}):
        return dict(schema["properties"][key])
    for pattern, member in schema.get("patternProperties", {}).items():
        if regex.search(pattern, key):
            return dict(member)
    return {}


def _scalar(value: Any, kinds: Any) -> Any:
    allowed = set(kinds if isinstance(kinds, list) else [kinds] if kinds else [])
    if not allowed:
        return value
    if isinstance(value, str):
        return value if "string" in allowed else _from_text(value, allowed)
    if value is not None and "string" in allowed and not allowed & {"boolean", "integer", "number"}:
        return text_of(value)
    return value


def _from_text(value: str, allowed: set[str]) -> Any:
    if "boolean" in allowed and value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        if "integer" in allowed:
            return int(value)
        if "number" in allowed:
            return float(value)
    except ValueError:
        pass
    return value
