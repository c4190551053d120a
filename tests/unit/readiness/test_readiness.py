"""Readiness waits until every function has answered its check, and names those that do not."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from common.state_table import StateTable
from readiness import app
from readiness.app import NotReady
from tests.unit.helpers import STATE_TABLE, set_environment

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

PENDING = ClientError(
    {"Error": {"Code": "ResourceConflictException", "Message": "The function is Pending"}}, "Invoke"
)


class Functions:
    """Lambda, whose functions fail so many times before they answer; -1 is for ever."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()

    def invoke(self, FunctionName: str, Payload: str) -> Any:  # noqa: N803 - names of boto3's
        assert json.loads(Payload) == {"check": True}
        self.calls[FunctionName] += 1
        if self.failures[FunctionName]:
            self.failures[FunctionName] -= 1
            raise PENDING
        return {"Payload": io.BytesIO(b'{"ready": true}')}


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Functions:
    functions = Functions()
    monkeypatch.setattr(app, "LAMBDA", functions)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return functions


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(
        monkeypatch,
        FUNCTIONS="batch-a,batch-b",
        BUDGET_SECONDS="240",
        STATE_TABLE=STATE_TABLE,
        PEER_REGION="us-east-1",
        AWS_REGION="us-west-2",
    )


def check(context: LambdaContext, **event: Any) -> Any:
    return app.handler(event, context)


def test_every_function_is_called(functions: Functions, context: LambdaContext) -> None:
    assert check(context) == {"ready": ["batch-a", "batch-b"]}
    assert functions.calls == {"batch-a": 1, "batch-b": 1}


def test_an_idle_function_is_called_until_it_is_awake(
    functions: Functions, context: LambdaContext
) -> None:
    functions.failures["batch-b"] = 3
    check(context)
    assert functions.calls == {"batch-a": 1, "batch-b": 4}


def test_a_function_that_never_answers_is_named_with_its_error(
    functions: Functions, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions.failures["batch-b"] = -1
    monkeypatch.setenv("BUDGET_SECONDS", "1")
    with pytest.raises(NotReady, match=r"^batch-b: .*Pending"):
        check(context)


def test_another_answer_is_not_one(
    functions: Functions, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function that lacks a setting answers with an error."""
    error = b'{"errorMessage": "missing from the environment: BUCKET"}'
    monkeypatch.setattr(functions, "invoke", lambda **_: {"Payload": io.BytesIO(error)})
    monkeypatch.setenv("BUDGET_SECONDS", "1")
    with pytest.raises(NotReady, match="missing from the environment"):
        check(context)


def test_the_runbook_finds_a_note_if_all_are_ready(
    functions: Functions,  # noqa: ARG001 - Lambda
    context: LambdaContext,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "DYNAMODB", state.dynamodb)
    check(context, runbook="x")
    assert (state.note("CheckFunctions of x") or {})["done"] == "yes"
