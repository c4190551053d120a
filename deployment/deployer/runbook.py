"""The runbook: written to .build/ as CloudFormation can include it, and validated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .documents import map_strings
from .plan import BUILD, ROOT

SOURCE = ROOT / "runbooks" / "automation-failover.yaml"
TARGET = BUILD / "automation-failover.json"


def write_runbook(source: Path = SOURCE, target: Path = TARGET) -> None:
    document = with_substitutions(yaml.safe_load(source.read_text()))
    target.write_text(json.dumps(document, indent=2) + "\n")


def with_substitutions(document: Any) -> Any:
    """Return the document with each string that holds `${` as `{"Fn::Sub": string}`.

    AWS::Include takes functions in their long form only. Automation's own `{{ names }}` stay.
    """
    return map_strings(document, lambda text: {"Fn::Sub": text} if "${" in text else text)


def schema_errors(document: Any, schema: Any) -> Iterator[str]:
    """Yield `mainSteps/2/action: 'aws:nope' is not one of …`; nothing for a valid document.

    AWS publishes the schema with its language service for SSM documents (package.json). It knows
    every field and action, and the inputs of some actions.
    """
    from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # SAM brings it, without types

    for error in Draft7Validator(schema).iter_errors(document):
        path = "/".join(str(part) for part in error.absolute_path)
        yield f"{path or 'the document'}: {error.message}"
