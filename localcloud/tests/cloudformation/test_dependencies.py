"""Dependencies of resources, and the order of their creation."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.cloudformation.templates.dependencies import ordered, references
from localcloud.gateway.errors import ApiError


def test_each_comes_after_its_dependencies_and_otherwise_in_the_templates_order() -> None:
    needs: dict[str, set[str]] = {"c": {"a"}, "b": set(), "a": {"b"}, "d": set()}
    assert ordered(needs) == ["b", "d", "a", "c"]


def test_a_circle_is_named_without_those_that_only_depend_on_it() -> None:
    needs = {"a": {"b"}, "b": {"a"}, "waits": {"a"}}
    with pytest.raises(
        ApiError, match=r"^ValidationError: Circular dependency between resources: \[a, b\]$"
    ):
        ordered(needs)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "A"}, {"A"}),
        ([{"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": "B.Arn"}], {"A", "B"}),
        ({"Fn::Sub": "${A}${B.Arn}${!C}${D}"}, {"A", "B", "D"}),
        ({"Fn::Sub": ["${A}${B}", {"A": {"Ref": "C"}}]}, {"B", "C"}),
        ({"Fn::If": ["Condition", {"Ref": "A"}, {"Ref": "B"}]}, {"A", "B"}),
    ],
)
def test_references_are_found_in_every_form(node: Any, expected: set[str]) -> None:
    assert set(references(node)) == expected
