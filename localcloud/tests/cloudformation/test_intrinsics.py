"""Intrinsic functions, each with what it gives."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.cloudformation.templates.intrinsics import Evaluator
from localcloud.cloudformation.templates.scopes import BaseScope
from localcloud.gateway.errors import ApiError

TEMPLATE = {
    "Mappings": {"M": {"a": {"b": "mapped", "list": [1, 2]}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Env"}, "dev"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Fn::Not": [{"Condition": "No"}]}]},
        "Either": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Both"}]},
        "Region": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]},
    },
}
VALUES = {"Env": "dev", "List": ["x", "y"], "AWS::Region": "us-east-1"}


class _Scope(BaseScope):
    def resource_ref(self, name: str) -> Any:
        return f"ref-{name}"

    def get_att(self, logical_id: str, attribute: str) -> Any:
        return f"{logical_id}-{attribute}"

    def zones(self, region: str) -> list[str]:
        return [f"{region or 'here'}{letter}" for letter in "abc"]


def _value(node: Any) -> Any:
    return Evaluator(_Scope(TEMPLATE, VALUES)).evaluate(node)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Env"}, "dev"),
        ({"Ref": "Bucket"}, "ref-Bucket"),
        ({"Fn::GetAtt": ["A", "B.C"]}, "A-B.C"),
        ({"Fn::GetAtt": "A.B.C"}, "A-B.C"),
        ({"Fn::Sub": "${Env}-${A}-${A.Arn}-${!Literal}"}, "dev-ref-A-A-Arn-${Literal}"),
        ({"Fn::Sub": ["${X}${Env}", {"X": {"Ref": "AWS::Region"}}]}, "us-east-1dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Env"}, 3]]}, "a-dev-3"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, "x,y"),
        ({"Fn::Select": ["1", {"Ref": "List"}]}, "y"),
        ({"Fn::Split": ["-", "a-b"]}, ["a", "b"]),
        ({"Fn::If": ["Yes", 1, 2]}, 1),
        ({"Fn::If": ["No", 1, 2]}, 2),
        ({"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, "b": 1}, {"b": 1}),
        ([{"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, 2], [2]),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "mapped"),
        ({"Fn::FindInMap": ["M", "a", "list"]}, [1, 2]),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Fn::Cidr": ["10.64.0.0/20", 2, "8"]}, ["10.64.0.0/24", "10.64.1.0/24"]),
        ({"Fn::GetAZs": ""}, ["herea", "hereb", "herec"]),
        (
            {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
            {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
        ),
    ],
)
def test_a_function_gives_its_value(node: Any, value: Any) -> None:
    assert _value(node) == value


@pytest.mark.parametrize(
    ("name", "truth"),
    [("Yes", True), ("No", False), ("Both", True), ("Either", True), ("Region", True)],
)
def test_a_condition_may_use_others_and_pseudo_parameters(name: str, truth: bool) -> None:
    assert _Scope(TEMPLATE, VALUES).condition(name) is truth


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"Fn::FindInMap": ["M", "z", "b"]}, "Unable to get mapping for M::z::b"),
        ({"Fn::Select": [2, ["a"]]}, "cannot select nonexistent value at index 2"),
        ({"Fn::Length": [1]}, "Fn::Length is not supported without its transform"),
        ({"Fn::FindInMap": ["M", "z", "b", {"DefaultValue": "d"}]}, "requires three parameters"),
        ("secret {{resolve:ssm:/p}}", "does not emulate dynamic references"),
        ({"Fn::Sub": "{{resolve:ssm:/p}}-${Env}"}, "does not emulate dynamic references"),
        ({"Fn::Join": ["", ["{{resolve:ssm:", "/p}}"]]}, "does not emulate dynamic references"),
        ({"Fn::If": ["Nowhere", 1, 2]}, "Unresolved condition dependency Nowhere"),
    ],
)
def test_a_function_that_cannot_be_evaluated_is_an_error(node: Any, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        _value(node)
    assert message in caught.value.message
