"""JSON schema with the keywords of AWS's resource schemas and those that cfn-lint adds to them.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
https://github.com/aws-cloudformation/cfn-lint/blob/v1.58.0/docs/cfn-schema-specification.md
"""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import regex  # type: ignore[import-untyped]  # ships no types
from jsonschema import (  # type: ignore[import-untyped]  # SAM brings it, without types
    Draft202012Validator,
    FormatChecker,
    ValidationError,
)
from jsonschema.validators import extend  # type: ignore[import-untyped]  # as above

Schema = dict[str, Any]
Errors = Iterator[Any]

_FORMATS = FormatChecker(())
_FORMATS.checks("ipv4-network", ValueError)(lambda value: _is_network(IPv4Network, value))
_FORMATS.checks("ipv6-network", ValueError)(lambda value: _is_network(IPv6Network, value))


def _is_network(kind: type[IPv4Network | IPv6Network], value: Any) -> bool:
    return not isinstance(value, str) or bool(kind(value))


def _additional_properties(validator: Any, allowed: Any, value: Any, schema: Schema) -> Errors:
    """One error for each property that is not permitted, at its own place."""
    if not isinstance(value, dict) or allowed is True:
        return
    patterns = schema.get("patternProperties", {})
    for name in value:
        if name in schema.get("properties", {}) or any(regex.search(p, name) for p in patterns):
            continue
        if allowed:
            yield from validator.descend(value[name], allowed, path=name)
        else:
            yield ValidationError(f"{name!r} is not permitted", path=[name])


def _pattern(_: Any, pattern: str, value: Any, __: Schema) -> Errors:
    """Patterns are those of Java, which Python's own module does not read all."""
    if isinstance(value, str) and not regex.search(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Schema, value: Any, _: Schema) -> Errors:
    for pattern, schema in patterns.items() if isinstance(value, dict) else ():
        for name in value:
            if regex.search(pattern, name):
                yield from validator.descend(value[name], schema, path=name, schema_path=pattern)


def _dependencies(_: Any, dependencies: dict[str, list[str]], value: Any, __: Schema) -> Errors:
    for name, others in _present(dependencies, value):
        for other in others:
            if other not in value:
                yield ValidationError(f"{other!r} is a dependency of {name!r}")


def _dependent_excluded(_: Any, excluded: dict[str, list[str]], value: Any, __: Schema) -> Errors:
    for name, others in _present(excluded, value):
        for other in others:
            if other in value:
                yield ValidationError(
                    f"{other!r} should not be included with {name!r}", path=[other]
                )


def _present(by_name: dict[str, list[str]], value: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, dict):
        yield from ((name, others) for name, others in by_name.items() if name in value)


def _required_or(_: Any, names: list[str], value: Any, __: Schema) -> Errors:
    if isinstance(value, dict) and not value.keys() & set(names):
        yield ValidationError(f"One of {names!r} is a required property")


def _required_xor(_: Any, names: list[str], value: Any, __: Schema) -> Errors:
    if not isinstance(value, dict):
        return
    present = [name for name in names if name in value]
    message = f"Only one of {names!r} is a required property"
    if not present:
        yield ValidationError(message)
    if len(present) > 1:
        yield from (ValidationError(message, path=[name]) for name in present)


def _unique_keys(_: Any, keys: list[str], value: Any, __: Schema) -> Errors:
    if not isinstance(value, list):
        return
    items = [item for item in value if isinstance(item, dict) and item.keys() >= set(keys)]
    identities = [[item[key] for key in keys] for item in items]
    if any(identity in identities[:index] for index, identity in enumerate(identities)):
        yield ValidationError(f"array items are not unique for keys {keys!r}")


def _max_unique_items(_: Any, limit: int, value: Any, __: Schema) -> Errors:
    if isinstance(value, list) and (count := len({str(item) for item in value})) > limit:
        yield ValidationError(f"expected maximum unique item count: {limit}, found: {count}")


_Validator = extend(
    Draft202012Validator,
    {
        "additionalProperties": _additional_properties,
        "dependencies": _dependencies,
        "dependentExcluded": _dependent_excluded,
        "maxUniqueItems": _max_unique_items,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "requiredOr": _required_or,
        "requiredXor": _required_xor,
        "uniqueKeys": _unique_keys,
    },
)


def validator(schema: Schema) -> Any:
    return _Validator(schema, format_checker=_FORMATS)
