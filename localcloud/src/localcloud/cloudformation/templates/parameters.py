"""A template's parameters: their definitions, and the values that a caller gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import template_error, validation_error
from localcloud.cloudformation.templates.template import text_of
from localcloud.gateway.errors import not_emulated

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_VALUE_BYTES = 4096
_SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_LISTS = ("CommaDelimitedList", "List<")
_PLAIN = {"String", "Number", "CommaDelimitedList", "List<Number>"}
_AWS_SPECIFIC = re.compile(r"(List<)?AWS::(EC2|Route53|SSM)::[A-Za-z:]+>?")


@dataclass(frozen=True)
class Parameter:
    """A parameter with its value."""

    key: str
    type: str
    value: str
    no_echo: bool = False

    @property
    def ref(self) -> str | list[str]:
        """What ``Ref`` gives: a string, or the items of a list type."""
        if self.type.startswith(_LISTS):
            return [item.strip() for item in self.value.split(",")] if self.value else []
        return self.value

    def described(self) -> dict[str, str]:
        """As DescribeStacks shows it."""
        value = "****" if self.no_echo else self.value
        return {"ParameterKey": self.key, "ParameterValue": value}


def bind(
    definitions: Mapping[str, Any],
    arguments: Sequence[Mapping[str, Any]],
    previous: Mapping[str, Parameter],
) -> dict[str, Parameter]:
    """The value of every parameter; ValidationError for one that is missing, unknown or invalid."""
    values = {item["ParameterKey"]: _argument(item, previous) for item in arguments}
    if unknown := sorted(set(values) - set(definitions)):
        raise validation_error(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    for key, definition in definitions.items():
        if key not in values and "Default" in definition:
            values[key] = default_text(definition["Default"])
    if missing := [key for key in definitions if key not in values]:
        raise validation_error(f"Parameters: [{', '.join(missing)}] must have values")
    return {key: _bound(key, definitions[key], values[key]) for key in definitions}


def _argument(item: Mapping[str, Any], previous: Mapping[str, Parameter]) -> str:
    key = item["ParameterKey"]
    if not item.get("UsePreviousValue"):
        return text_of(item.get("ParameterValue", ""))
    if key not in previous:
        raise validation_error(
            f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a "
            "parameter key not in the previous template"
        )
    return previous[key].value


def is_no_echo(definition: Mapping[str, Any]) -> bool:
    return text_of(definition.get("NoEcho", False)).lower() == "true"


def default_text(value: Any) -> str:
    return ",".join(map(text_of, value)) if isinstance(value, list) else text_of(value)


def _bound(key: str, definition: Mapping[str, Any], value: str) -> Parameter:
    kind = str(definition.get("Type", ""))
    if _SSM_VALUE.fullmatch(kind):
        raise not_emulated(f"the parameter type {kind}")
    if kind not in _PLAIN and not _AWS_SPECIFIC.fullmatch(kind):
        raise template_error(f"Unrecognized parameter type: {kind or None}")
    bound = Parameter(key, kind, value, is_no_echo(definition))
    items = bound.ref if isinstance(bound.ref, list) else [value]
    for item in items:
        if violation := _violation(definition, kind, item):
            description = definition.get("ConstraintDescription")
            raise validation_error(
                f"Parameter {key} failed to satisfy constraint: {description}"
                if description
                else f"Parameter '{key}' {violation}"
            )
    return bound


def _violation(definition: Mapping[str, Any], kind: str, value: str) -> str | None:
    """The constraint that ``value`` breaks, in AWS's words; None if it breaks none."""
    if len(value.encode()) > _VALUE_BYTES:
        return f"must contain at most {_VALUE_BYTES} bytes"
    allowed = [text_of(item) for item in definition.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return "must be one of AllowedValues"
    if "Number" in kind:
        return _number_violation(definition, value)
    pattern = definition.get("AllowedPattern")
    if pattern and not regex.fullmatch(str(pattern), value):
        return f"must match pattern {pattern}"
    if "MinLength" in definition and len(value) < int(definition["MinLength"]):
        return f"must contain at least {definition['MinLength']} characters"
    if "MaxLength" in definition and len(value) > int(definition["MaxLength"]):
        return f"must contain at most {definition['MaxLength']} characters"
    return None


def _number_violation(definition: Mapping[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "must be a number"
    if "MinValue" in definition and number < float(definition["MinValue"]):
        return f"must be a number not less than {definition['MinValue']}"
    if "MaxValue" in definition and number > float(definition["MaxValue"]):
        return f"must be a number not greater than {definition['MaxValue']}"
    return None
