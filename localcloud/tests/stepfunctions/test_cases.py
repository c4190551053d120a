"""The specification: cases as data (``cases/*.json``), run through the API.

A case has ``states`` (the first is the start) or a whole ``definition``, ``input``, ``tasks`` (see
lab.py), and what is expected of it: ``status``, ``output``, ``error``, ``cause`` (a part of it),
``events`` (types, in their order), ``slept`` (seconds of AWS time); or ``refused`` (parts of the
diagnostics at creation), or ``not_emulated`` (a part of the message).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stepfunctions.cloud_under_test import Lab, machine

_CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One for all cases: making a cloud takes longer than most of them."""
    with Lab(tmp_path_factory.mktemp("cases")) as lab:
        yield lab


@pytest.mark.parametrize("case", _CASES)
def test_case(one_lab: Lab, case: dict[str, Any]) -> None:
    lab = one_lab
    lab.reset()
    if "definition" in case:
        definition = case["definition"]
    else:
        definition = machine(case["states"], **case.get("machine", {}))
    type_ = case.get("type", "STANDARD")
    if "refused" in case or "not_emulated" in case:
        _check_refusal(lab, case, definition, type_)
        return
    lab.play(case.get("tasks", {}))
    done = lab.run(definition, case.get("input"), type_)
    told = (done.get("error"), done.get("cause"))
    assert done["status"] == case.get("status", "SUCCEEDED"), told
    if "output" in case:
        assert json.loads(done["output"]) == case["output"]
    assert done.get("error") == case.get("error")
    assert case.get("cause", "") in done.get("cause", "")
    if "arguments" in case:
        assert [arguments for _, arguments in lab.calls] == case["arguments"]
    if "slept" in case:
        assert lab.manual.slept == case["slept"]
    if "events" in case:
        events = lab.history(done["executionArn"])
        assert [event["type"] for event in events] == case["events"]


def _check_refusal(lab: Lab, case: dict[str, Any], definition: Any, type_: str) -> None:
    with pytest.raises(ClientError) as caught:
        lab.create(definition, type_)
    error = caught.value.response["Error"]
    if "not_emulated" in case:
        assert error["Code"] == "LocalCloudNotEmulated"
        assert case["not_emulated"] in error["Message"]
        return
    assert error["Code"] == "InvalidDefinition"
    for part in case["refused"]:
        assert part in error["Message"]
    assert error["Message"].startswith("Invalid State Machine Definition: '")
