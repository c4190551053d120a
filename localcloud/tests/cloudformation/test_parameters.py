"""Parameters: values, constraints, types."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.cloudformation.templates.parameters import Parameter, bind
from localcloud.gateway.errors import ApiError


def _bind(definition: dict[str, Any], *values: str) -> Parameter:
    arguments = [{"ParameterKey": "P", "ParameterValue": value} for value in values]
    return bind({"P": definition}, arguments, {})["P"]


@pytest.mark.parametrize(
    ("definition", "values", "ref"),
    [
        ({"Type": "String", "Default": 1}, (), "1"),
        ({"Type": "String", "Default": True}, (), "true"),
        ({"Type": "Number", "Default": 7}, ("8",), "8"),
        ({"Type": "CommaDelimitedList"}, ("a, b",), ["a", "b"]),
        ({"Type": "CommaDelimitedList", "Default": ""}, (), []),
        ({"Type": "List<AWS::EC2::Subnet::Id>"}, ("subnet-1,subnet-2",), ["subnet-1", "subnet-2"]),
    ],
)
def test_ref_gives_the_value_in_its_type(
    definition: dict[str, Any], values: tuple[str, ...], ref: object
) -> None:
    assert _bind(definition, *values).ref == ref


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        (
            {"Type": "String", "AllowedValues": ["a", 1]},
            "b",
            "Parameter 'P' must be one of AllowedValues",
        ),
        (
            {"Type": "String", "AllowedPattern": "[a-z]+"},
            "ab1",
            "Parameter 'P' must match pattern [a-z]+",
        ),
        (
            {"Type": "String", "MinLength": 2},
            "a",
            "Parameter 'P' must contain at least 2 characters",
        ),
        (
            {"Type": "String", "MaxLength": "2"},
            "abc",
            "Parameter 'P' must contain at most 2 characters",
        ),
        ({"Type": "Number"}, "x", "Parameter 'P' must be a number"),
        (
            {"Type": "Number", "MinValue": 5},
            "4",
            "Parameter 'P' must be a number not less than 5",
        ),
        (
            {"Type": "Number", "MaxValue": 5},
            "6",
            "Parameter 'P' must be a number not greater than 5",
        ),
        (
            {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"},
            "a,1",
            "Parameter 'P' must match pattern [a-z]+",
        ),
        (
            {"Type": "String", "AllowedPattern": "a", "ConstraintDescription": "be a"},
            "b",
            "Parameter P failed to satisfy constraint: be a",
        ),
        ({"Type": "Strin"}, "b", "Template format error: Unrecognized parameter type: Strin"),
    ],
)
def test_a_value_that_breaks_a_constraint_is_refused(
    definition: dict[str, Any], value: str, message: str
) -> None:
    with pytest.raises(ApiError) as caught:
        _bind(definition, value)
    assert caught.value.message == message


def test_a_parameter_that_is_read_in_ssm_is_refused_by_name() -> None:
    with pytest.raises(ApiError, match="the parameter type AWS::SSM::Parameter::Value<String>"):
        _bind({"Type": "AWS::SSM::Parameter::Value<String>"}, "/a")


def test_a_parameter_without_value_or_default_is_named() -> None:
    with pytest.raises(ApiError, match=r"Parameters: \[P\] must have values"):
        _bind({"Type": "String"})


def test_a_value_for_an_undeclared_parameter_is_named() -> None:
    with pytest.raises(ApiError, match=r"Parameters: \[Q\] do not exist in the template"):
        bind({}, [{"ParameterKey": "Q", "ParameterValue": "1"}], {})


def test_the_previous_value_wins_over_the_default_when_asked_for() -> None:
    previous = {"P": Parameter("P", "String", "old")}
    arguments = [{"ParameterKey": "P", "UsePreviousValue": True}]
    assert bind({"P": {"Type": "String", "Default": "new"}}, arguments, previous)["P"].ref == "old"


def test_a_secret_parameter_is_not_shown() -> None:
    parameter = _bind({"Type": "String", "NoEcho": True}, "secret")
    assert parameter.described()["ParameterValue"] == "****"
    assert parameter.ref == "secret"
