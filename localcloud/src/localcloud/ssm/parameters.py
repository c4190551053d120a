"""Parameters of runbooks: their definitions, and the values that an execution starts with.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
The messages for undefined, missing and misnamed parameters are AWS's, as users report them.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.ssm.runbook import ROLE_ARN, Parameter, Runbook, invalid_document, parameter_of

invalid_parameters = partial(ApiError, "InvalidAutomationExecutionParametersException")
_ROLE = "AWS::IAM::Role::Arn"
_OTHER_TYPES = (
    "AWS::", "Boolean", "Integer", "List<AWS::", "MapList", "StringList", "StringMap"
)  # fmt: skip
_FIELDS = {"type", "description", "default", "allowedValues", "allowedPattern"}
_OTHER_FIELDS = {"displayType", "minItems", "maxItems", "minChars", "maxChars"}


def check_definition(name: str, definition: dict[str, Any]) -> None:
    """Raises InvalidDocumentContent."""
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise invalid_document(f'Parameter name "{name}" is not alpha-numeric.')
    if unknown := sorted(definition.keys() - _FIELDS - _OTHER_FIELDS):
        raise invalid_document(f'Unknown field {unknown[0]} in parameter "{name}".')
    if other := sorted(definition.keys() & _OTHER_FIELDS):
        raise not_emulated(f"{other[0]} of a parameter of an Automation document")
    kind = str(definition.get("type"))
    if kind not in ("String", _ROLE):
        if kind.startswith(_OTHER_TYPES):
            raise not_emulated(f"the parameter type {kind}")
        raise invalid_document(f'Parameter "{name}" has an invalid type: {kind}')
    # A role is often optional: then its default is an empty text.
    if (default := definition.get("default", "")) != "":
        if not isinstance(default, str):
            raise invalid_document(f'The default of parameter "{name}" is not of type String.')
        if reason := _reason_against(default, parameter_of(name, definition)):
            raise invalid_document(f'The default of parameter "{name}" is not valid: {reason}')


def values_for(runbook: Runbook, values: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return every parameter's value, or raise InvalidAutomationExecutionParametersException."""
    if undefined := [name for name in values if name not in runbook.parameters]:
        raise invalid_parameters(f"Undefined execution inputs: [{', '.join(undefined)}]")
    return {
        name: _read(values[name], parameter) if name in values else _default(parameter)
        for name, parameter in runbook.parameters.items()
    }


def _default(parameter: Parameter) -> Any:
    if parameter.required:
        raise invalid_parameters(f"Missing required parameter: {parameter.name} in user inputs.")
    return parameter.default


def _read(texts: list[str], parameter: Parameter) -> str:
    """Return the value of a parameter from the list of strings that the API takes."""
    if len(texts) != 1:
        message = f"Parameter {parameter.name} takes one value, not {len(texts)}."
        raise invalid_parameters(message)
    [text] = texts
    if text == "" and parameter.default == "":
        return text
    if reason := _reason_against(text, parameter):
        raise invalid_parameters(f"Parameter {parameter.name} is not valid: {reason}")
    return text


def _reason_against(text: str, parameter: Parameter) -> str | None:
    """Return why the parameter cannot have this value; None if it can."""
    if parameter.type == _ROLE and not ROLE_ARN.fullmatch(text):
        return f"{text} is no {_ROLE}"
    if parameter.allowed_pattern and not re.search(parameter.allowed_pattern, text):
        return f"{text} does not match the pattern {parameter.allowed_pattern}"
    if parameter.allowed_values and text not in parameter.allowed_values:
        return f"{text} is not one of {list(parameter.allowed_values)}"
    return None
