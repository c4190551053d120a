"""The operations of Automation: start, find, refuse."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.ssm.conftest import Lab, invoke, sleep


def test_the_same_client_token_starts_one_execution(lab: Lab) -> None:
    lab.create(invoke())
    token = "11111111-1111-1111-1111-111111111111"  # noqa: S105 - a client token
    assert lab.start(ClientToken=token) == lab.start(ClientToken=token)
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        lab.start(ClientToken=token, DocumentVersion="1")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "Missing required parameter: Must in user inputs."),
        ({"Must": ["a"], "Other": ["b"]}, r"Undefined execution inputs: \[Other\]"),
        ({"Must": ["c"]}, "c is not one of"),
        ({"Must": ["a", "b"]}, "takes one value"),
        ({"Must": ["a"], "Word": ["A"]}, "does not match the pattern"),
    ],
)
def test_parameters_are_checked_when_an_execution_starts(
    lab: Lab, parameters: dict[str, list[str]], words: str
) -> None:
    lab.create(
        sleep(),
        parameters={
            "Must": {"type": "String", "allowedValues": ["a", "b"]},
            "Word": {"type": "String", "default": "w", "allowedPattern": "^[a-z]+$"},
        },
    )
    with pytest.raises(ClientError, match=words) as refused:
        lab.start(**({"Parameters": parameters} if parameters else {}))
    code = refused.value.response["Error"]["Code"]
    assert code == "InvalidAutomationExecutionParametersException"


@pytest.mark.parametrize(
    "params",
    [{"Mode": "Interactive"}, {"TargetParameterName": "x"}, {"MaxErrors": "1"}],
)
def test_a_parameter_that_is_not_emulated_is_named(lab: Lab, params: dict[str, Any]) -> None:
    lab.create(sleep())
    with pytest.raises(ClientError, match="LocalCloudNotEmulated"):
        lab.start(**params)


def test_an_unknown_execution_is_named(lab: Lab) -> None:
    with pytest.raises(ClientError, match="AutomationExecutionNotFoundException"):
        lab.get("11111111-1111-1111-1111-111111111111")
