"""Resource schemas: every keyword is known, and says what is wrong at its place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.cloudformation.resources import providers, schemas
from localcloud.cloudformation.resources.keywords import validator

# What describes a type or a value, and constrains nothing.
_DESCRIBE = {
    *("$comment", "$id", "$schema", "default", "definitions", "description", "examples", "title"),
    *("else", "then"),  # which `if` reads
    *("insertionOrder", "relationshipRef"),
}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"additionalProperties": False}, {"b": 1, "a": 1}, ["b", "a"]),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}, ["a"]),
        ({"additionalProperties": False, "patternProperties": {"^a": {}}}, {"a1": 1}, []),
        ({"dependencies": {"a": ["b"]}}, {"a": 1}, [""]),
        ({"dependencies": {"a": ["b"]}}, {"b": 1}, []),
        ({"dependentExcluded": {"a": ["b"]}}, {"a": 1, "b": 1}, ["b"]),
        ({"format": "ipv4-network"}, "10.0.0.1/16", [""]),
        ({"format": "ipv4-network"}, "10.0.0.0/16", []),
        ({"format": "ipv6-network"}, "10.0.0.0/16", [""]),
        ({"maxUniqueItems": 1}, ["a", "a"], []),
        ({"maxUniqueItems": 1}, ["a", "b"], [""]),
        ({"pattern": r"^\p{L}+$"}, "é", []),
        ({"pattern": r"^\p{L}+$"}, "1", [""]),
        ({"patternProperties": {r"\p{L}": {"type": "string"}}}, {"é": 1, "1": 1}, ["é"]),
        ({"requiredOr": ["a", "b"]}, {"c": 1}, [""]),
        ({"requiredOr": ["a", "b"]}, {"a": 1, "b": 1}, []),
        ({"requiredXor": ["a", "b"]}, {"c": 1}, [""]),
        ({"requiredXor": ["a", "b"]}, {"a": 1}, []),
        ({"requiredXor": ["a", "b"]}, {"a": 1, "b": 1}, ["a", "b"]),
        ({"uniqueKeys": ["a"]}, [{"a": 1, "b": 1}, {"a": 1, "b": 2}], [""]),
        ({"uniqueKeys": ["a"]}, [{"a": 1}, {"a": 2}, {"b": 1}, {"b": 1}], []),
    ],
)
def test_a_keyword_says_what_is_wrong_at_its_place(
    schema: dict[str, Any], value: Any, expected: list[str]
) -> None:
    errors = validator(schema).iter_errors(value)
    assert ["/".join(map(str, error.absolute_path)) for error in errors] == expected


@pytest.mark.parametrize("kind", sorted(providers()))
def test_no_emulated_type_has_a_schema_with_an_unknown_keyword(kind: str) -> None:
    schema = schemas.schema_of("us-east-1", kind)
    known = validator({}).VALIDATORS.keys() | _DESCRIBE
    parts = [*schema["properties"].values(), *schema.get("definitions", {}).values()]
    assert {keyword for part in parts for keyword in _keywords(part)} <= known


def _keywords(schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    yield from schema
    for keyword in ("properties", "patternProperties"):
        for inner in schema.get(keyword, {}).values():
            yield from _keywords(inner)
    for keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
        for inner in schema.get(keyword, []):
            yield from _keywords(inner)
    for keyword in ("additionalProperties", "else", "if", "items", "not", "then"):
        yield from _keywords(schema.get(keyword))


_PROGRAM = """
import sys
from localcloud.cloudformation.resources import schemas, validation
schemas.has_attribute("us-east-1", "AWS::SQS::Queue", "Arn")
validation.validated("us-east-1", "AWS::SQS::Queue", "Queue", {})
print(*{"cfnlint", "networkx", "sympy"} & set(sys.modules))
"""


def test_cfn_lint_itself_which_takes_50_mib_is_not_imported() -> None:
    result = subprocess.run(  # noqa: S603 - this test's own lines
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == []
