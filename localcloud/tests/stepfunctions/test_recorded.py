"""What AWS was recorded answering, as data (``recorded/*.json``), each with its source.

The sources' public recordings are of AWS itself. The facts are theirs, the words ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stepfunctions.environment import Environment


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
