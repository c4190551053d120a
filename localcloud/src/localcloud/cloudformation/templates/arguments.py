"""The form that an intrinsic function's argument must have, and AWS's words where it has another.

Eucalyptus, which answers as AWS does, has most of the words:
https://github.com/eucalyptus/eucalyptus/tree/master/clc/modules/cloudformation
"""

import re
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import validation_error

VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")  # of Fn::Sub
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_.:]+")


Form = dict[str, Any]  # a JSON schema


def _list_of(*forms: Form) -> Form:
    return {"type": "array", "items": list(forms), "minItems": len(forms), "maxItems": len(forms)}


_CALL: Form = {"type": "object", "minProperties": 1, "maxProperties": 1}
_ANYTHING: Form = {}
_STRING: Form = {"type": "string"}
_NAME: Form = {"type": "string", "minLength": 1}
# A scalar, a list, a condition, or a function that may give one.
_TEXT: Form = {"anyOf": [_CALL, {"type": ["string", "number", "boolean"]}]}
_LIST: Form = {"anyOf": [_CALL, {"type": "array"}]}
_CONDITION: Form = {"anyOf": [_CALL, {"enum": [True, False, "true", "false"]}]}
_CONDITIONS: Form = {"type": "array", "items": _CONDITION, "minItems": 2, "maxItems": 10}

# Function → the form of its argument, and what AWS says of another.
_FORMS: dict[str, tuple[Form, str]] = {
    "Ref": (_NAME, "All References must be of type string"),
    "Fn::GetAtt": (
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[^.]+\.."},
                _list_of(_NAME, {"anyOf": [_NAME, _CALL]}),
            ]
        },
        "every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
        "resource attribute",
    ),
    "Fn::Sub": (
        {"anyOf": [_STRING, _list_of(_STRING, {"type": "object"})]},
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
        "string as first argument, and an optional second argument to specify a mapping of values "
        "to replace in the string",
    ),
    "Fn::Join": (
        _list_of(_STRING, _LIST),
        "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) "
        "to be joined.",
    ),
    "Fn::Select": (
        _list_of(_TEXT, _LIST),
        "Fn::Select requires a list argument with two elements: an integer index and a list",
    ),
    "Fn::Split": (
        _list_of(_NAME, _TEXT),
        "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
        "to be split or a function that returns a string to be split.",
    ),
    "Fn::If": (
        _list_of(_NAME, _ANYTHING, _ANYTHING),
        "Fn::If requires a list argument with three elements",
    ),
    "Fn::FindInMap": (
        _list_of(_TEXT, _TEXT, _TEXT),
        "every Fn::FindInMap object requires three parameters, the map name, map key and the "
        "attribute for return value",
    ),
    "Fn::Cidr": (
        {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 3},
        "every Fn::Cidr object requires an ipBlock, a count and cidrBits",
    ),
    "Fn::Not": (_list_of(_CONDITION), "Fn::Not requires a list argument with one function token"),
    "Fn::Equals": (
        _list_of(_ANYTHING, _ANYTHING),
        "Fn::Equals requires a list argument with two elements",
    ),
    **{
        name: (_TEXT, f"every {name} object must have a String-typed value.")
        for name in ("Fn::ImportValue", "Fn::Base64", "Fn::GetAZs")
    },
    **{
        name: (
            _CONDITIONS,
            f"every {name} object requires a list of at least 2 and at most 10 boolean parameters.",
        )
        for name in ("Fn::And", "Fn::Or")
    },
}
_VALIDATORS = {name: Draft7Validator(form) for name, (form, _) in _FORMS.items()}


def check_argument(name: str, argument: Any) -> None:
    """Raise ValidationError if ``argument`` is none for the function ``name``."""
    if name in _FORMS and not _VALIDATORS[name].is_valid(argument):
        raise validation_error(f"Template error: {_FORMS[name][1]}")
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
