"""Judges resolved properties by the type's schema, after turning scalars into the type the schema
wants.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import regex  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.schema_keywords import Schema, Validator
from localcloud.cloudformation.resources.schemas import schema_of
from localcloud.cloudformation.templates.template import text_of

# Types as AWS's messages name them.
_TYPES = {"array": "JSONArray", "object": "JSONObject", "null": "Null"}


def typed(region: str, kind: str, logical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    """``properties`` with scalars as the schema wants them; ResourceFailure in AWS's words if
    they do not suit it.
    """
    schema = schema_of(region, kind)
    value: dict[str, Any] = _coerced(properties, schema, schema)
    if errors := list(_validator(region, kind).iter_errors(value)):
        told = ", ".join(_wording(error) for error in errors[:5])
        raise ResourceFailure(
            f"Properties validation failed for resource {logical_id} with message: [{told}]"
        )
    return value


def _wording(error: jsonschema.ValidationError) -> str:
    place = "/".join(["#", *map(str, error.absolute_path)])
    return f"{place}: {_complaint(error)}"


def _complaint(error: jsonschema.ValidationError) -> str:
    """In AWS's words, which do not repeat a value: it may be a secret."""
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"required key [{missing}] not found"
    if error.validator == "type":
        wanted = error.validator_value
        first = wanted if isinstance(wanted, str) else wanted[0]
        return f"expected type: {_type_name(first)}, found: {_type_name(_type_of(error.instance))}"
    if error.validator in ("anyOf", "oneOf"):
        inner = ", ".join(_wording(item) for item in error.context[:3])
        return f"no subschema matched: {inner}"
    if error.validator in ("enum", "pattern", "const"):
        return f"failed validation constraint for keyword [{error.validator}]"
    return str(error.message)


def _type_name(kind: str) -> str:
    return _TYPES.get(kind, kind.capitalize())


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


@cache
def _validator(region: str, kind: str) -> Any:
    schema = schema_of(region, kind)
    read_only = set(schema.get("readOnlyProperties") or [])
    writable = {
        name: value
        for name, value in schema["properties"].items()
        if f"/properties/{name}" not in read_only
    }
    required = [name for name in schema.get("required", []) if name in writable]
    return Validator({**schema, "properties": writable, "required": required})


def _coerced(value: Any, schema: Schema, root: Schema) -> Any:
    schema = _followed(schema, root)
    if isinstance(value, dict):
        return {key: _coerced(item, _member(schema, key), root) for key, item in value.items()}
    if isinstance(value, list):
        return [_coerced(item, schema.get("items") or {}, root) for item in value]
    return _scalar(value, schema.get("type"))


def _followed(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    for choice in ("anyOf", "oneOf", "allOf"):
        if "type" not in schema and "properties" not in schema and schema.get(choice):
            return _merged([_followed(option, root) for option in schema[choice]])
    return schema


def _merged(options: list[Schema]) -> Schema:
    """One schema that knows every option's members and types, good enough to coerce by."""
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
        found: Schema = schema["properties"][key]
        return found
    for pattern, found in schema.get("patternProperties", {}).items():
        if regex.search(pattern, key):
            return dict(found)
    return {}


def _scalar(value: Any, kinds: Any) -> Any:
    wanted = set(kinds if isinstance(kinds, list) else [kinds] if kinds else [])
    if not wanted:
        return value
    if isinstance(value, str):
        return value if "string" in wanted else _from_text(value, wanted)
    if value is not None and "string" in wanted and not wanted & {"boolean", "integer", "number"}:
        return text_of(value)
    return value


def _from_text(value: str, wanted: set[str]) -> Any:
    if "boolean" in wanted and value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        if "integer" in wanted:
            return int(value)
        if "number" in wanted:
            return float(value)
    except ValueError:
        pass
    return value
