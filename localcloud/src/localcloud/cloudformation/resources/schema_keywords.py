"""Keywords of cfn-lint's resource schemas that JSON schema has not, or has otherwise.

They tell what AWS's documentation and services say of members that belong together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import regex  # type: ignore[import-untyped]  # ships no types

Schema = dict[str, Any]
Errors = Iterator[jsonschema.ValidationError]


def _pattern(_: Any, pattern: str, value: Any, __: Schema) -> Errors:
    try:
        matches = not isinstance(value, str) or regex.search(pattern, value)
    except regex.error:
        return  # some schemas use Java's dialect
    if not matches:
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Schema], value: Any, _: Schema
) -> Errors:
    for pattern, schema in patterns.items():
        for name in _members(value):
            if regex.search(pattern, name):
                yield from validator.descend(value[name], schema, path=name, schema_path=pattern)


def _additional_properties(_: Any, allowed: Any, value: Any, schema: Schema) -> Errors:
    patterns = schema.get("patternProperties", {})
    extra = _members(value) - schema.get("properties", {}).keys()
    unknown = [name for name in extra if not any(regex.search(each, name) for each in patterns)]
    if allowed is False and unknown:
        yield jsonschema.ValidationError(f"extraneous key [{min(unknown)}] is not permitted")


def _required_xor(_: Any, names: Sequence[str], value: Any, __: Schema) -> Errors:
    if isinstance(value, dict) and len(set(names) & value.keys()) != 1:
        yield jsonschema.ValidationError(f"exactly one of {', '.join(names)} is needed")


def _required_or(_: Any, names: Sequence[str], value: Any, __: Schema) -> Errors:
    if isinstance(value, dict) and not set(names) & value.keys():
        yield jsonschema.ValidationError(f"one of {', '.join(names)} is needed")


def _dependent_required(
    _: Any, rules: Mapping[str, Sequence[str]], value: Any, __: Schema
) -> Errors:
    for name in rules.keys() & _members(value):
        for needed in set(rules[name]) - value.keys():
            yield jsonschema.ValidationError(f"{name} needs {needed} beside it")


def _dependent_excluded(
    _: Any, rules: Mapping[str, Sequence[str]], value: Any, __: Schema
) -> Errors:
    for name in rules.keys() & _members(value):
        for other in set(rules[name]) & value.keys():
            yield jsonschema.ValidationError(f"{name} and {other} exclude one another")


def _unique_keys(_: Any, keys: Sequence[str], value: Any, __: Schema) -> Errors:
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    identities = [tuple(str(item.get(key)) for key in keys) for item in items]
    if len(set(identities)) < len(identities):
        yield jsonschema.ValidationError(f"items have the same {', '.join(keys)}")


def _prefix_items(validator: Any, schemas: Sequence[Schema], value: Any, _: Schema) -> Errors:
    if isinstance(value, list):
        for index, (item, schema) in enumerate(zip(value, schemas, strict=False)):
            yield from validator.descend(item, schema, path=index, schema_path=index)


def _members(value: Any) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


Validator = jsonschema.validators.extend(
    jsonschema.Draft7Validator,
    {
        "additionalProperties": _additional_properties,
        "dependentExcluded": _dependent_excluded,
        "dependentRequired": _dependent_required,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "prefixItems": _prefix_items,
        "requiredOr": _required_or,
        "requiredXor": _required_xor,
        "uniqueKeys": _unique_keys,
    },
)
