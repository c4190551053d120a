"""What Systems Manager checks when an Automation document is created or updated.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

import re
from collections.abc import Iterable
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.ssm.actions import ACTIONS, NOT_EMULATED
from localcloud.ssm.parameters import check_definition
from localcloud.ssm.runbook import ROLE_ARN, Runbook, Step, invalid_document, read_runbook
from localcloud.ssm.values import EXECUTION_ID, REFERENCE, references

_DOCUMENT = {"schemaVersion", "description", "assumeRole", "parameters", "mainSteps", "outputs"}
_STEP = {
    "name", "action", "description", "inputs", "outputs", "onFailure", "onCancel", "isEnd",
    "isCritical", "nextStep", "timeoutSeconds", "maxAttempts",
}  # fmt: skip
_NAME = re.compile(r"^[A-Za-z0-9_]{3,128}$")


def validate(document: dict[str, Any]) -> None:
    """Raises InvalidDocumentContent, InvalidDocumentSchemaVersion."""
    for name in ("files", "variables"):
        if name in document:
            raise not_emulated(f"{name} in an Automation document")
    _check_fields(document, _DOCUMENT, "the document")
    if str(version := document.get("schemaVersion")) != "0.3":
        message = f"Document schema version, {version}, is not supported by this document type."
        raise invalid_document(message)
    for name, definition in _require_map(document.get("parameters", {}), "parameters").items():
        check_definition(name, _require_map(definition, f"parameter {name}"))
    steps = document.get("mainSteps")
    if not isinstance(steps, list) or not steps:
        raise invalid_document("The document must have at least one step in mainSteps.")
    for definition in steps:
        _check_structure(_require_map(definition, "a step"))
    runbook = read_runbook(document)
    _check_role(runbook)
    names = [step.name for step in runbook.steps]
    if duplicates := sorted({name for name in names if names.count(name) > 1}):
        raise invalid_document(f"Duplicate step names are not allowed: {duplicates}")
    for step in runbook.steps:
        _check_step(step, runbook)
    for name in runbook.outputs:
        _check_output(name, runbook)


def _check_structure(definition: dict[str, Any]) -> None:
    """Check what must hold before a step can be read."""
    name, action = definition.get("name"), definition.get("action")
    if not isinstance(name, str) or not _NAME.match(name):
        message = f"Step name {name} is not valid: 3 to 128 letters, digits and underscores."
        raise invalid_document(message)
    _check_fields(definition, _STEP, f"step {name}")
    if action in NOT_EMULATED:
        raise not_emulated(f"the Automation action {action} (step {name})")
    if action not in ACTIONS:
        raise invalid_document(f"Unknown action {action} in step {name}.")
    _require_map(definition.get("inputs") or {}, f"inputs of step {name}")
    if definition.get("outputs"):
        raise not_emulated(f"outputs with selectors in an Automation document (step {name})")
    if definition.get("onCancel", "Abort") != "Abort":
        raise not_emulated(f"onCancel in an Automation document (step {name})")
    for key in ("timeoutSeconds", "maxAttempts"):
        if key in definition and not re.fullmatch(r"[1-9]\d*", str(definition[key])):
            raise invalid_document(f"{key} of step {name} must be a positive integer.")


def _check_role(runbook: Runbook) -> None:
    """A constant ARN, or a parameter: "SSM Parameter supplied for assumeRole" is unsupported."""
    role = runbook.assume_role
    names = list(references(role))
    if names and not REFERENCE.fullmatch(role.strip()):
        raise invalid_document(f"assumeRole must be an ARN or one parameter, not {role}.")
    for name in names:
        if name not in runbook.parameters:
            raise invalid_document(f'Parameter "{name}" is not declared.')
    if not names and role and not ROLE_ARN.fullmatch(role):
        raise invalid_document("The format of the supplied assume role ARN is invalid.")


def _check_step(step: Step, runbook: Runbook) -> None:
    action = ACTIONS[step.action]
    if action.inputs is not None and step.inputs.keys() - action.inputs:
        known, provided = ", ".join(sorted(action.inputs)), ", ".join(step.inputs)
        message = f"Unknown input names provided. Known=[ [{known}] ], Provided=[ [{provided}] ]."
        raise invalid_document(message)
    if missing := sorted(action.required - step.inputs.keys()):
        raise invalid_document(f"Required input names are missing in step {step.name}: {missing}")
    if step.on_failure.startswith("step:"):
        raise not_emulated(f"onFailure that leads to a step (step {step.name})")
    if step.on_failure not in ("Abort", "Continue"):
        raise invalid_document(f"onFailure of step {step.name} is not valid: {step.on_failure}")
    if step.next_step and step.next_step not in {other.name for other in runbook.steps}:
        message = f"Step {step.name} refers to the step {step.next_step}, which does not exist."
        raise invalid_document(message)
    action.check(step)
    _check_references(references(step.inputs), runbook, f"step {step.name}")


def _check_references(names: Iterable[str], runbook: Runbook, place: str) -> None:
    for name in names:
        if name == EXECUTION_ID or name in runbook.parameters:
            continue
        if name.startswith("global:") or "." in name:
            raise not_emulated(f"the reference {name} of an Automation document ({place})")
        if ":" in name:
            raise invalid_document(f"The variable {name} in {place} is not supported.")
        raise invalid_document(f'Parameter "{name}" is not declared ({place}).')


def _check_output(name: str, runbook: Runbook) -> None:
    step_name, _, output = name.partition(".")
    actions = [ACTIONS[step.action] for step in runbook.steps if step.name == step_name]
    if not actions:
        message = f"{name} in outputs refers to the step {step_name}, which does not exist."
        raise invalid_document(message)
    if output not in actions[0].outputs:
        message = f"{name} in outputs refers to an output that step {step_name} has not."
        raise invalid_document(message)


def _check_fields(definition: dict[str, Any], fields: set[str], place: str) -> None:
    if unknown := sorted(definition.keys() - fields):
        raise invalid_document(f"Unknown field {unknown[0]} in {place}.")


def _require_map(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid_document(f"{name} must be a map.")
    return value
