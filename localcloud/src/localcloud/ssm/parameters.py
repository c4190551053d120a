"""Parameters of runbooks: their definitions, and the values that an execution starts with.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
The messages for undefined, missing and misnamed parameters are AWS's, as users report them.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.ssm.runbook import ROLE_ARN, Parameter, Runbook, invalid_document
from localcloud.ssm.values import TypeMismatch, as_text, as_texts, convert

_PLAIN_TYPES = ("String", "StringList", "Integer", "Boolean", "MapList", "StringMap")
# Types whose texts have a format; also as lists: List<AWS::EC2::Instance::Id>.
_FORMATS = {
    "AWS::IAM::Role::Arn": ROLE_ARN,
    "AWS::S3::Bucket::Name": re.compile(r"[0-9a-z][a-z0-9.-]{1,61}[a-z0-9]"),
    "AWS::EC2::Instance::Id": re.compile(r"m?i-[0-9a-f]{8}(?:[0-9a-f]{9})?"),
}
_FIELDS = {
    "type", "description", "default", "allowedValues", "allowedPattern", "displayType",
    "minItems", "maxItems", "minChars", "maxChars",
}  # fmt: skip
_LIST = re.compile(r"^List<(.+)>$")


def check_definition(name: str, definition: dict[str, Any]) -> None:
    """Raises InvalidDocumentContent."""
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise invalid_document(f'Parameter name "{name}" is not alpha-numeric.')
    if unknown := sorted(definition.keys() - _FIELDS):
        raise invalid_document(f'Unknown field {unknown[0]} in parameter "{name}".')
    kind = definition.get("type")
    list_type = _LIST.match(str(kind))
    if kind not in _PLAIN_TYPES and (list_type[1] if list_type else kind) not in _FORMATS:
        if str(kind).startswith(("AWS::", "List<AWS::")):
            raise not_emulated(f"the parameter type {kind}")
        raise invalid_document(f'Parameter "{name}" has an invalid type: {kind}')
    # A role is often optional: then its default is an empty text.
    if definition.get("default", "") != "":
        parameter = Parameter(
            name,
            str(kind),
            allowed_values=definition.get("allowedValues", ()),
            allowed_pattern=definition.get("allowedPattern"),
        )
        if reason := _reason_against(definition["default"], parameter):
            raise invalid_document(f'The default of parameter "{name}" is not valid: {reason}')


def values_for(runbook: Runbook, values: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return every parameter's value, or raise InvalidAutomationExecutionParametersException."""
    if undefined := [name for name in values if name not in runbook.parameters]:
        raise invalid_parameters(f"Undefined execution inputs: [{', '.join(undefined)}]")
    return {
        name: _read(values[name], parameter) if name in values else _default(parameter)
        for name, parameter in runbook.parameters.items()
    }


def invalid_parameters(message: str) -> ApiError:
    return ApiError("InvalidAutomationExecutionParametersException", message)


def _default(parameter: Parameter) -> Any:
    if parameter.required:
        raise invalid_parameters(f"Missing required parameter: {parameter.name} in user inputs.")
    return parameter.default


def _read(texts: list[str], parameter: Parameter) -> Any:
    """Return the value of a parameter from the list of strings that the API takes."""
    value = _parse(texts, parameter)
    if value == "" and parameter.default == "":
        return value
    if reason := _reason_against(value, parameter):
        raise invalid_parameters(f"Parameter {parameter.name} is not valid: {reason}")
    return value


def _parse(texts: list[str], parameter: Parameter) -> Any:
    name, kind = parameter.name, parameter.type
    if kind in ("StringMap", "MapList"):
        try:
            maps = [json.loads(text) for text in texts]
        except ValueError:
            raise invalid_parameters(f"Parameter {name} is no JSON: {texts}") from None
        return maps if kind == "MapList" else maps[0] if maps else None
    if kind == "StringList" or _LIST.match(kind):
        return texts
    if len(texts) != 1:
        message = f"Parameter {name} is of type {kind} and takes one value, not {len(texts)}."
        raise invalid_parameters(message)
    if kind not in ("Integer", "Boolean"):
        return texts[0]
    try:
        return convert(texts[0], kind)
    except TypeMismatch as error:
        raise invalid_parameters(f"Parameter {name}: {error}") from error


def _reason_against(value: Any, parameter: Parameter) -> str | None:
    """Return why the parameter cannot have this value; None if it can."""
    list_type = _LIST.match(parameter.type)
    kind = list_type[1] if list_type else parameter.type
    plain_type = "StringList" if list_type else kind if kind in _PLAIN_TYPES else "String"
    try:
        items = convert(value, plain_type)
    except TypeMismatch as error:
        return str(error)
    for item in as_texts(items) if parameter.type != "StringMap" else [as_text(items)]:
        if kind in _FORMATS and not _FORMATS[kind].fullmatch(item):
            return f"{item} is no {kind}"
        if parameter.allowed_pattern and not re.search(parameter.allowed_pattern, item):
            return f"{item} does not match the pattern {parameter.allowed_pattern}"
        if parameter.allowed_values and item not in map(as_text, parameter.allowed_values):
            return f"{item} is not one of {list(parameter.allowed_values)}"
        if len(item) < (parameter.min_chars or 0):
            return f"{item} has fewer than {parameter.min_chars} characters"
        if parameter.max_chars is not None and len(item) > parameter.max_chars:
            return f"{item} has more than {parameter.max_chars} characters"
    count = len(items) if isinstance(items, list) else 1
    if not (parameter.min_items or 0) <= count <= (parameter.max_items or count):
        return f"{count} items"
    return None
