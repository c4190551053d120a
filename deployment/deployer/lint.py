"""Validates the state machines and the runbook, without AWS."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from .documents import map_strings
from .errors import DeployError
from .plan import BUILD, ROOT
from .runbook import schema_errors

SCHEMA = ROOT / "node_modules" / "aws-ssm-document-language-service" / "dist" / "schema.json"
_SUBSTITUTED_NUMBER = re.compile(r"\{% \$\{[A-Za-z]+\} %\}")


def lint() -> None:
    """Raises DeployError if a state machine or a runbook is not valid."""
    failures = [
        *(text for path in _files("statemachines", "*.asl.json") for text in _lint_asl(path)),
        *(text for path in _files("runbooks", "*.yaml") for text in lint_runbook(path, SCHEMA)),
    ]
    if failures:
        raise DeployError("\n\n".join(failures))


def _files(folder: str, pattern: str) -> list[Path]:
    return sorted((ROOT / folder).glob(pattern))


def _lint_asl(path: Path) -> list[str]:
    """Validate a copy, with numbers as `with_numbers` puts them."""
    copy = BUILD / "asl" / path.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(json.dumps(with_numbers(json.loads(path.read_text())), indent=2))
    command = ["npx", "--no-install", "asl-validator", "--json-path", str(copy)]
    process = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - asl-validator
    return [f"FAILED: {path} is not valid; the errors are above."] if process.returncode else []


def with_numbers(machine: Any) -> Any:
    """Return the machine with a 1 for each `{% ${Name} %}`, which CloudFormation replaces.

    Such a number stands inside an expression, which the ASL validator takes for a string.
    """
    return map_strings(machine, lambda text: 1 if _SUBSTITUTED_NUMBER.fullmatch(text) else text)


def lint_runbook(path: Path, schema: Path) -> list[str]:
    errors = schema_errors(yaml.safe_load(path.read_text()), json.loads(schema.read_text()))
    return [f"{path}: {error}" for error in errors]
