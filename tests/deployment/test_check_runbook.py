"""deployment/check_runbook.py: a runbook that the schema refuses does not pass `make lint`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.deployment.standins import Shell

STEP = {"type": "object", "required": ["name"], "additionalProperties": False}
ACTIONS = {"name": {"type": "string"}, "action": {"enum": ["aws:sleep"]}}
SCHEMA = {"properties": {"mainSteps": {"type": "array", "items": STEP | {"properties": ACTIONS}}}}


def _check(shell: Shell, folder: Path, document: str) -> tuple[int, list[str]]:
    (folder / "runbook.yaml").write_text(document)
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    files = (str(folder / "runbook.yaml"), str(folder / "schema.json"))
    done = shell.run(sys.executable, "deployment/check_runbook.py", *files)
    return done.returncode, done.stderr.splitlines()


def test_a_valid_runbook_passes_in_silence(shell: Shell, tmp_path: Path) -> None:
    assert _check(shell, tmp_path, "mainSteps: [{name: a, action: 'aws:sleep'}]") == (0, [])


def test_every_fault_is_named_with_its_place(shell: Shell, tmp_path: Path) -> None:
    wrong = "mainSteps: [{name: a, action: 'aws:nope'}, {action: 'aws:sleep'}]"
    code, lines = _check(shell, tmp_path, wrong)
    assert code == 1
    assert [line.split(": ")[1] for line in lines] == ["mainSteps/0/action", "mainSteps/1"]
