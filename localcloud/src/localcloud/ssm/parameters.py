"""Parameters of runbooks: their definitions, and the values that an execution starts with.

https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
The words of undefined, missing and misnamed parameters are AWS's, as users report them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.ssm.runbook import Parameter, Runbook, invalid
from localcloud.ssm.values import NotOfType, as_text, convert, shown

_PLAIN = ("String", "StringList", "Integer", "Boolean", "MapList", "StringMap")
# Texts with a form; as lists, too: List<AWS::EC2::Instance::Id>.
_FORMS = {
    "AWS::IAM::Role::Arn": re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+"),
    "AWS::S3::Bucket::Name": re.compile(r"[0-9a-z][a-z0-9.-]{1,61}[a-z0-9]"),
    "AWS::EC2::Instance::Id": re.compile(r"m?i-[0-9a-f]{8}(?:[0-9a-f]{9})?"),
}
_FIELDS = {
    "type", "description", "default", "allowedValues", "allowedPattern", "displayType",
    "minItems", "maxItems", "minChars", "maxChars",
}  # fmt: skip
_LIST = re.compile(r"^List<(.+)>$")


def check_definition(name: str, given: dict[str, Any]) -> None:
    """Raises InvalidDocumentContent."""
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise invalid(f'Parameter name "{name}" is not alpha-numeric.')
    if unknown := sorted(given.keys() - _FIELDS):
        raise invalid(f'Unknown field {unknown[0]} in parameter "{name}".')
    kind = given.get("type")
    form = _LIST.match(str(kind))
    if kind not in _PLAIN and (form[1] if form else kind) not in _FORMS:
        if str(kind).startswith(("AWS::", "List<AWS::")):
            raise not_emulated(f"the parameter type {kind}")
        raise invalid(f'Parameter "{name}" has an invalid type: {kind}')
    if "default" in given:
        parameter = Parameter(
            name,
            str(kind),
            allowed_values=tuple(given.get("allowedValues", ())),
            allowed_pattern=given.get("allowedPattern"),
        )
        # A role is often optional: the empty default says that there is none.
        why = None if given["default"] == "" else _wrong(given["default"], parameter)
        if why:
            raise invalid(f'The default of parameter "{name}" is not valid: {why}')


def values_for(runbook: Runbook, given: Mapping[str, list[str]]) -> dict[str, Any]:
    """The value of every parameter. Raises InvalidAutomationExecutionParametersException."""
    if undefined := [name for name in given if name not in runbook.parameters]:
        raise refused(f"Undefined execution inputs: [{', '.join(undefined)}]")
    return {
        name: _read(given[name], parameter) if name in given else _default(parameter)
        for name, parameter in runbook.parameters.items()
    }


def refused(why: str) -> ApiError:
    return ApiError("InvalidAutomationExecutionParametersException", why)


def _default(parameter: Parameter) -> Any:
    if parameter.required:
        raise refused(f"Missing required parameter: {parameter.name} in user inputs.")
    return parameter.default


def _read(texts: list[str], parameter: Parameter) -> Any:
    """A value out of the list of strings that the API takes."""
    value: Any = texts
    if parameter.type in ("StringMap", "MapList"):
        try:
            maps = [json.loads(text) for text in texts]
        except ValueError:
            raise refused(f"Parameter {parameter.name} is no JSON: {texts}") from None
        value = maps if parameter.type == "MapList" else maps[0] if maps else None
    elif parameter.type != "StringList" and not _LIST.match(parameter.type):
        if len(texts) != 1:
            raise refused(
                f"Parameter {parameter.name} is of type {parameter.type} and takes one value, "
                f"not {len(texts)}."
            )
        value = texts[0]
        if parameter.type in ("Integer", "Boolean"):
            try:
                value = convert(value, parameter.type)
            except NotOfType as error:
                raise refused(f"Parameter {parameter.name}: {error}") from error
    if value == "" and parameter.default == "":
        return value
    if why := _wrong(value, parameter):
        raise refused(f"Parameter {parameter.name} is not valid: {why}")
    return value


def _wrong(value: Any, parameter: Parameter) -> str | None:
    """Why the value is none for the parameter."""
    listed = _LIST.match(parameter.type)
    kind = listed[1] if listed else parameter.type
    try:
        items = convert(value, "StringList" if listed else kind if kind in _PLAIN else "String")
    except NotOfType as error:
        return str(error)
    for item in shown(items) if parameter.type != "StringMap" else [as_text(items)]:
        if kind in _FORMS and not _FORMS[kind].fullmatch(item):
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
