"""deployment/deployer/lint.py, runbook.py: what AWS would refuse does not pass `make lint`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deployment.deployer.lint import lint_runbook, with_numbers
from deployment.deployer.runbook import with_substitutions, write_runbook
from tests.deployment.programs import ROOT

STEP = {"type": "object", "required": ["name"], "additionalProperties": False}
ACTIONS = {"name": {"type": "string"}, "action": {"enum": ["aws:sleep"]}}
SCHEMA = {"properties": {"mainSteps": {"type": "array", "items": STEP | {"properties": ACTIONS}}}}


def runbook_errors(folder: Path, document: str) -> list[str]:
    (folder / "runbook.yaml").write_text(document)
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    return lint_runbook(folder / "runbook.yaml", folder / "schema.json")


def test_a_valid_runbook_has_no_errors(tmp_path: Path) -> None:
    assert runbook_errors(tmp_path, "mainSteps: [{name: a, action: 'aws:sleep'}]") == []


def test_every_error_of_a_runbook_is_named_with_its_place(tmp_path: Path) -> None:
    wrong = "mainSteps: [{name: a, action: 'aws:nope'}, {action: 'aws:sleep'}]"
    errors = runbook_errors(tmp_path, wrong)
    assert [error.split(": ")[1] for error in errors] == ["mainSteps/0/action", "mainSteps/1"]


def test_only_an_expression_that_is_a_substitution_becomes_a_number() -> None:
    machine = {
        "MaxConcurrency": "{% ${ChunkConcurrency} %}",
        "Other": ["{% $states.input %}", "${ReaderArn}", "{% ${One} + 1 %}", 3, True],
    }
    assert with_numbers(machine) == {**machine, "MaxConcurrency": 1}


@pytest.mark.parametrize("path", sorted((ROOT / "statemachines").glob("*.json")), ids=str)
def test_the_state_machines_are_json_as_they_stand(path: Path) -> None:
    assert json.loads(path.read_text())["States"]


def test_only_strings_with_names_become_functions_of_the_template() -> None:
    document = with_substitutions({"a": ["${X.Arn}", "{{ Wait }}"], "n": 3})
    assert document == {"a": [{"Fn::Sub": "${X.Arn}"}, "{{ Wait }}"], "n": 3}


def test_the_runbook_is_written_as_json_that_aws_include_can_read(tmp_path: Path) -> None:
    write_runbook(target=tmp_path / "runbook.json")
    document = json.loads((tmp_path / "runbook.json").read_text())
    assert document["assumeRole"] == {"Fn::Sub": "${RunbookRole.Arn}"}
