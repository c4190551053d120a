"""What AWS was recorded answering, as data (``recorded/*.json``), each with its source.

The sources' public recordings are of AWS itself. The facts are theirs, the words ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stepfunctions.definitions import BUCKET, PASS, distributed_map, item_reader, machine
from tests.stepfunctions.environment import Environment, error_of


def _recorded(name: str) -> list[Any]:
    text = (Path(__file__).parent / "recorded" / f"{name}.json").read_text(encoding="utf-8")
    recorded = json.loads(text)
    return [
        pytest.param(case, id=f"{case['source']}: {case['name']}")
        for case in recorded["cases"]
        if recorded["sources"][case["source"]].startswith("https://")
    ]


@pytest.fixture(scope="module")
def shared_env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    with Environment(tmp_path_factory.mktemp("recorded")) as environment:
        yield environment


@pytest.mark.parametrize("case", _recorded("definitions"))
def test_a_definition_gets_the_diagnostics_that_aws_gave(
    shared_env: Environment, case: dict[str, Any]
) -> None:
    text = case.get("text", json.dumps(case["definition"]))
    response = shared_env.sfn.validate_state_machine_definition(
        definition=text, type=case.get("type", "STANDARD")
    )
    diagnostics = [
        [diagnostic["code"], diagnostic["message"], diagnostic.get("location")]
        for diagnostic in response["diagnostics"]
    ]
    expected = case["diagnostics"]
    if case.get("words") == "of another parser":  # AWS uses another JSONata library
        diagnostics, expected = ([[d[0], d[2]] for d in x] for x in (diagnostics, expected))
    assert diagnostics == expected
    assert response["result"] == ("FAIL" if diagnostics else "OK")


@pytest.mark.parametrize("case", _recorded("executions"))
def test_an_execution_goes_as_it_went_on_aws(shared_env: Environment, case: dict[str, Any]) -> None:
    env = shared_env
    env.reset()
    env.script_tasks({state: _task(task) for state, task in case.get("tasks", {}).items()})
    _check_execution(env, env.run(case["definition"], case.get("input")), case)


@pytest.mark.parametrize("case", _recorded("readers"))
def test_a_reader_reads_what_it_read_on_aws(shared_env: Environment, case: dict[str, Any]) -> None:
    env, (key, body) = shared_env, case["file"]
    s3 = env.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    state = distributed_map(ItemReader=item_reader(key, **case["config"]), MaxConcurrency=1)
    _check_execution(env, env.run_state(state), case)


@pytest.mark.parametrize("case", _recorded("integrations"))
def test_a_service_fails_a_task_as_on_aws(env: Environment, case: dict[str, Any]) -> None:
    # By expression: a literal null is judged when the machine is created.
    arguments = "{% " + json.dumps(case["arguments"]) + " %}"
    execution = env.run_task(case["resource"], arguments)
    cause = re.sub(r"(Request ID: )[^,;)]*", r"\1<id>", execution["cause"])
    assert (execution["error"], cause) == (case["error"], case["cause"])


def _check_execution(env: Environment, execution: dict[str, Any], case: dict[str, Any]) -> None:
    outcome = {name: execution.get(name) for name in ("status", "error", "cause")}
    assert outcome == {"status": "SUCCEEDED", "error": None, **_only(case, outcome)}, outcome
    if "output" in case:
        assert json.loads(execution["output"]) == case["output"]
    if "events" in case:
        _check_events(env.history(execution["executionArn"]), case["events"])


def _task(result: dict[str, Any]) -> dict[str, Any]:
    if "result_characters" in result:
        return {"result": "x" * result["result_characters"]}
    return result


def _only(case: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    return {"cause": None} | {name: case[name] for name in names if name in case}


def _check_events(events: list[dict[str, Any]], expected: list[list[Any]]) -> None:
    """Types, ids of the previous events, and those details that the recording names."""
    assert [[event["type"], event["previousEventId"]] for event in events] == [
        entry[:2] for entry in expected
    ]
    for event, (_, _, *details) in zip(events, expected, strict=True):
        members = [value for name, value in event.items() if name.endswith("EventDetails")]
        for part in details:
            assert {name: members[0].get(name) for name in part} == part


@pytest.mark.parametrize("case", _recorded("api"))
def test_the_api_answers_as_aws_did(shared_env: Environment, case: dict[str, Any]) -> None:
    env = shared_env
    names = {"$role": env.role_arn, "$machine": env.create(case.get("machine", machine(PASS)))}
    if case.get("type") == "EXPRESS":
        names["$machine"] = env.create(machine(PASS), "EXPRESS")
    if "execution" in case:
        started = env.sfn.start_execution(stateMachineArn=names["$machine"])
        names["$execution"] = env.wait(started["executionArn"])["executionArn"]
    for call in case["calls"]:
        params = _filled(call.get("params", {}), names)
        if "error" in call:
            with pytest.raises(ClientError) as raised:
                getattr(env.sfn, call["operation"])(**params)
            assert list(error_of(raised)) == _filled(call["error"], names)
            continue
        response = getattr(env.sfn, call["operation"])(**params)
        for name, value in call.get("response", {}).items():
            assert response.get(name) == _filled(value, names)


def _filled(value: Any, names: dict[str, str]) -> Any:
    """``value`` with the names of this run; a definition becomes text."""
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace(name, text)
        return value
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    if isinstance(value, dict):
        if "StartAt" in value:
            return json.dumps(value)
        return {name: _filled(member, names) for name, member in value.items()}
    return value
