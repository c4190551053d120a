"""The specification: cases as data (``cases/*.json``), run through the API.

A case has ``states`` (the first is the start) or a whole ``definition``, ``input``, ``tasks`` (see
``Environment.script_tasks``), and its expectations: ``status``, ``output``, ``error``, ``cause`` (a
part of it), ``arguments``, ``events`` (types in order), ``slept`` (seconds of AWS time); or
``refused`` (parts of the diagnostics at creation), or ``not_emulated`` (a part of the message).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import Environment, error_of

_CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def shared_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """One for all cases: making a cloud takes longer than most of them."""
    with Environment(tmp_path_factory.mktemp("cases")) as environment:
        yield environment


@pytest.mark.parametrize("case", _CASES)
def test_case(shared_env: Environment, case: dict[str, Any]) -> None:
    env = shared_env
    env.reset()
    definition = case.get("definition")
    if definition is None:
        definition = machine(case["states"], **case.get("machine", {}))
    type_ = case.get("type", "STANDARD")
    if "refused" in case or "not_emulated" in case:
        _check_refusal(env, case, definition, type_)
        return
    env.script_tasks(case.get("tasks", {}))
    execution = env.run(definition, case.get("input"), type_)
    error, cause = execution.get("error"), execution.get("cause", "")
    assert execution["status"] == case.get("status", "SUCCEEDED"), (error, cause)
    assert error == case.get("error")
    assert case.get("cause", "") in cause
    if "output" in case:
        assert json.loads(execution["output"]) == case["output"]
    if "arguments" in case:
        assert [arguments for _, arguments in env.task_calls] == case["arguments"]
    if "slept" in case:
        assert env.clock.slept == case["slept"]
    if "events" in case:
        assert env.event_types(execution["executionArn"]) == case["events"]


def _check_refusal(env: Environment, case: dict[str, Any], definition: Any, type_: str) -> None:
    with pytest.raises(ClientError) as raised:
        env.create(definition, type_)
    code, message = error_of(raised)
    if "not_emulated" in case:
        assert code == "LocalCloudNotEmulated"
        assert case["not_emulated"] in message
        return
    assert code == "InvalidDefinition"
    for part in case["refused"]:
        assert part in message
    assert message.startswith("Invalid State Machine Definition: '")
