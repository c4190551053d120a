"""What Systems Manager checks when an Automation document is made or changed.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.ssm.actions import ACTIONS, NOT_EMULATED
from localcloud.ssm.parameters import check_definition
from localcloud.ssm.references import GLOBALS, REFERENCE, references
from localcloud.ssm.runbook import Runbook, Step, invalid, read
from localcloud.ssm.selectors import BadSelector
from localcloud.ssm.selectors import parse as parse_selector
from localcloud.ssm.values import OUTPUT_TYPES

_DOCUMENT = {"schemaVersion", "description", "assumeRole", "parameters", "mainSteps", "outputs"}
_STEP = {
    "name", "action", "description", "inputs", "outputs", "onFailure", "onCancel", "isEnd",
    "isCritical", "nextStep", "timeoutSeconds", "maxAttempts",
}  # fmt: skip
_NAME = re.compile(r"^[A-Za-z0-9_]{3,128}$")
_CANCELLABLE = {"aws:sleep"}  # of the actions that are emulated


def validated(document: dict[str, Any]) -> Runbook:
    """The runbook. Raises InvalidDocumentContent, InvalidDocumentSchemaVersion."""
    for name in ("files", "variables"):
        if name in document:
            raise not_emulated(f"{name} in an Automation document")
    _known(document, _DOCUMENT, "the document")
    if str(document.get("schemaVersion")) != "0.3":
        raise invalid(f"Document schema version, {document.get('schemaVersion')}, is not supported "
                      "by this document type.")  # fmt: skip
    for name, given in _map(document.get("parameters", {}), "parameters").items():
        check_definition(name, _map(given, f"parameter {name}"))
    steps = document.get("mainSteps")
    if not isinstance(steps, list) or not steps:
        raise invalid("The document must have at least one step in mainSteps.")
    for given in steps:
        _check_shape(_map(given, "a step"))
    runbook = read(document)
    _check_role(runbook)
    names = [step.name for step in runbook.steps]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise invalid(f"Duplicate step names are not allowed: {twice}")
    for step in runbook.steps:
        _check_step(step, runbook)
    _check_references(runbook.outputs, runbook, "outputs")
    return runbook


def _check_shape(given: dict[str, Any]) -> None:
    """What must hold before a step can be read."""
    name, action = given.get("name"), given.get("action")
    if not isinstance(name, str) or not _NAME.match(name):
        raise invalid(f"Step name {name} is not valid: 3 to 128 letters, digits and underscores.")
    _known(given, _STEP, f"step {name}")
    if action in NOT_EMULATED:
        raise not_emulated(f"the Automation action {action} (step {name})")
    if action not in ACTIONS:
        raise invalid(f"Unknown action {action} in step {name}.")
    _map(given.get("inputs") or {}, f"inputs of step {name}")
    for output in given.get("outputs", []):
        if not isinstance(output, dict) or not {"Name", "Selector"} <= output.keys():
            raise invalid(f"An output of step {name} needs Name and Selector.")
        _known(output, {"Name", "Selector", "Type"}, f"an output of step {name}")
    for key in ("timeoutSeconds", "maxAttempts"):
        if key in given and not re.fullmatch(r"[1-9]\d*", str(given[key])):
            raise invalid(f"{key} of step {name} must be a positive integer.")


def _check_role(runbook: Runbook) -> None:
    """A constant ARN, or a parameter: "SSM Parameter supplied for assumeRole" is unsupported."""
    role = runbook.assume_role
    names = list(references(role))
    if names and not REFERENCE.fullmatch(role.strip()):
        raise invalid(f"assumeRole must be an ARN or one parameter, not {role}.")
    for name in names:
        if name not in runbook.parameters:
            raise invalid(f'Parameter "{name}" is not declared.')
    if not names and role and not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/.+", role):
        raise invalid("The format of the supplied assume role ARN is invalid.")


def _check_step(step: Step, runbook: Runbook) -> None:
    action = ACTIONS[step.action]
    if not action.open_inputs and step.inputs.keys() - action.inputs:
        known, given = ", ".join(sorted(action.inputs)), ", ".join(step.inputs)
        raise invalid(f"Unknown input names provided. Known=[ [{known}] ], Provided=[ [{given}] ].")
    if missing := sorted(action.required - step.inputs.keys()):
        raise invalid(f"Required input names are missing in step {step.name}: {missing}")
    for output in step.outputs:
        if output.type not in OUTPUT_TYPES:
            raise invalid(f"The type {output.type} of output {output.name} is not valid.")
        try:
            parse_selector(output.selector)
        except BadSelector:
            raise invalid(
                f"The selector {output.selector} of {output.name} is not valid."
            ) from None
    targets = [step.next_step, *action.next_steps(step)]
    for key, rule in (("onFailure", step.on_failure), ("onCancel", step.on_cancel)):
        if rule.startswith("step:"):
            targets.append(rule.removeprefix("step:"))
        elif rule not in ("Abort", "Continue") or (key == "onCancel" and rule != "Abort"):
            raise invalid(f"{key} of step {step.name} is not valid: {rule}")
    if step.on_cancel != "Abort" and step.action not in _CANCELLABLE:
        raise invalid(f"onCancel is not supported for {step.action} (step {step.name}).")
    for target in targets:
        if target is not None and target not in {each.name for each in runbook.steps}:
            raise invalid(f"Step {step.name} refers to the step {target}, which does not exist.")
    action.check(step)
    _check_references(references(step.inputs), runbook, f"step {step.name}", step)


def _check_references(
    names: Iterable[str], runbook: Runbook, where: str, at: Step | None = None
) -> None:
    for name in names:
        if name in GLOBALS or name in runbook.parameters:
            continue
        if ":" in name:
            raise invalid(f"The variable {name} in {where} is not supported.")
        step_name, dot, output = name.partition(".")
        if not dot:
            raise invalid(f'Parameter "{name}" is not declared ({where}).')
        step = next((one for one in runbook.steps if one.name == step_name and one is not at), None)
        if step is None:
            raise invalid(
                f"{name} in {where} refers to the step {step_name}, which does not exist."
            )
        known = {*ACTIONS[step.action].outputs, *(one.name for one in step.outputs)}
        if output not in known:
            raise invalid(f"{name} in {where} refers to an output that step {step_name} has not.")


def _known(given: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(given.keys() - known):
        raise invalid(f"Unknown field {unknown[0]} in {where}.")


def _map(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"{what} must be a map.")
    return value
