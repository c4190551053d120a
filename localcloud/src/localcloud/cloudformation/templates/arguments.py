"""The form that an intrinsic function's argument must have, and AWS's words where it has another.

Eucalyptus, which answers as AWS does, has most of the words:
https://github.com/eucalyptus/eucalyptus/tree/master/clc/modules/cloudformation
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from localcloud.cloudformation.errors import validation_error

VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")  # of Fn::Sub
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_.:]+")
_GET_ATT = "two non-empty parameters, the resource name and the resource attribute"
_BOOLEANS = "a list of at least 2 and at most 10 boolean parameters."


def _is_call(node: Any) -> bool:
    return isinstance(node, dict) and len(node) == 1


def _is_text(node: Any) -> bool:
    """Whether it is a scalar, or a function that may give one."""
    return _is_call(node) or isinstance(node, (str, int, float))


def _is_items(node: Any) -> bool:
    return _is_call(node) or isinstance(node, list)


def _is_list_of(node: Any, *forms: Callable[[Any], bool]) -> bool:
    return (
        isinstance(node, list)
        and len(node) == len(forms)
        and all(form(item) for form, item in zip(forms, node, strict=True))
    )


def _is_name(node: Any) -> bool:
    return isinstance(node, str) and node != ""


def _is_anything(_: Any) -> bool:
    return True


def _is_attribute(node: Any) -> bool:
    if isinstance(node, str):
        return all(node.partition("."))
    return _is_list_of(node, _is_name, lambda item: _is_name(item) or _is_call(item))


def _is_substitution(node: Any) -> bool:
    if isinstance(node, list):
        return _is_list_of(node, lambda item: isinstance(item, str), lambda i: isinstance(i, dict))
    return isinstance(node, str)


def _is_conditions(node: Any) -> bool:
    return isinstance(node, list) and 2 <= len(node) <= 10 and all(map(_is_condition, node))


def _is_condition(node: Any) -> bool:
    """Whether it is a function; a parameter may also spell a truth value."""
    return _is_call(node) or isinstance(node, bool) or node in ("true", "false")


def _is_map_key(node: Any) -> bool:
    if not isinstance(node, list) or not all(map(_is_text, node[:3])):
        return False
    is_default = len(node) == 4 and isinstance(node[3], dict) and set(node[3]) == {"DefaultValue"}
    return len(node) == 3 or is_default


def _is_cidr(node: Any) -> bool:
    return isinstance(node, list) and 2 <= len(node) <= 3 and all(map(_is_text, node))


# Function → whether an argument has its form, and what AWS says if not.
_FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "Ref": (_is_name, "All References must be of type string"),
    "Fn::GetAtt": (_is_attribute, f"every Fn::GetAtt object requires {_GET_ATT}"),
    "Fn::Sub": (
        _is_substitution,
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
        "string as first argument, and an optional second argument to specify a mapping of values "
        "to replace in the string",
    ),
    "Fn::Join": (
        lambda node: _is_list_of(node, lambda item: isinstance(item, str), _is_items),
        "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) "
        "to be joined.",
    ),
    "Fn::Select": (
        lambda node: _is_list_of(node, _is_text, _is_items),
        "Fn::Select requires a list argument with two elements: an integer index and a list",
    ),
    "Fn::Split": (
        lambda node: _is_list_of(node, _is_name, _is_text),
        "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
        "to be split or a function that returns a string to be split.",
    ),
    "Fn::If": (
        lambda node: _is_list_of(node, _is_name, _is_anything, _is_anything),
        "Fn::If requires a list argument with three elements",
    ),
    "Fn::FindInMap": (
        _is_map_key,
        "every Fn::FindInMap object requires three parameters, the map name, map key and the "
        "attribute for return value",
    ),
    "Fn::ImportValue": (_is_text, "every Fn::ImportValue object must have a String-typed value."),
    "Fn::Base64": (_is_text, "every Fn::Base64 object must have a String-typed value."),
    "Fn::GetAZs": (_is_text, "every Fn::GetAZs object must have a String-typed value."),
    "Fn::Cidr": (_is_cidr, "every Fn::Cidr object requires an ipBlock, a count and cidrBits"),
    "Fn::And": (_is_conditions, f"every Fn::And object requires {_BOOLEANS}"),
    "Fn::Or": (_is_conditions, f"every Fn::Or object requires {_BOOLEANS}"),
    "Fn::Not": (
        lambda node: _is_list_of(node, _is_condition),
        "Fn::Not requires a list argument with one function token",
    ),
    "Fn::Equals": (
        lambda node: _is_list_of(node, _is_anything, _is_anything),
        "Fn::Equals requires a list argument with two elements",
    ),
}


def check_argument(name: str, argument: Any) -> None:
    """Raise ValidationError if ``argument`` is none for the function ``name``."""
    has_form, message = _FORMS.get(name, (_is_anything, ""))
    if not has_form(argument):
        raise validation_error(f"Template error: {message}")
    if name == "Fn::Sub":
        text = argument[0] if isinstance(argument, list) else argument
        if not all(
            _VARIABLE_NAME.fullmatch(variable.strip()) for variable in VARIABLE.findall(text)
        ):
            raise validation_error(
                "Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
                "characters, underscores, periods, and colons"
            )


def check_functions(node: Any) -> None:
    """Check the arguments of every function within ``node``, also of those never evaluated."""
    if isinstance(node, list):
        for item in node:
            check_functions(item)
    elif isinstance(node, dict):
        if len(node) == 1:
            check_argument(*next(iter(node.items())))
        for value in node.values():
            check_functions(value)
