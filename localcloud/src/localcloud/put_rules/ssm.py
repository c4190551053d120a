"""Parameters of the Parameter Store.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

import re

from localcloud.gateway.errors import not_emulated, require
from localcloud.gateway.identify import Call
from localcloud.put_rules.rule import Check, Params

_NAME = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can '
    "consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of "
    "letters, numbers and the following 3 symbols .-_"
)
_STANDARD = (
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a "
    "larger parameter value, upgrade the parameter to use the advanced-parameter tier."
)
_LARGER = "Advanced tier parameters support a maximum parameter value of 8192 characters."
_LEVELS = "A parameter hierarchy can have a maximum of 15 levels."
_INVALID = "ValidationException"


def _parameter(_: Call, params: Params) -> None:
    if "Policies" in params:
        raise not_emulated("policies of parameters (ssm:PutParameter with Policies)")
    _check_name(params["Name"])
    value = params["Value"]
    is_standard = params.get("Tier", "Standard") == "Standard" and not (
        params.get("Overwrite") and "Tier" not in params  # it may be an advanced one
    )
    require(len(value) <= 4096 or not is_standard, _INVALID, _STANDARD)
    require(len(value) <= 8192, _INVALID, _LARGER)
    is_secure = params.get("Type", "SecureString") == "SecureString"
    message = "KeyId is required for SecureString type parameter only."
    require(is_secure or "KeyId" not in params, _INVALID, message)
    if pattern := params.get("AllowedPattern"):
        _check_pattern(pattern, value)


def _check_name(name: str) -> None:
    require(re.fullmatch(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", name), _INVALID, _NAME)
    is_whole = "/" not in name or name.startswith("/")
    require(is_whole, _INVALID, "Parameter name must be a fully qualified name.")
    require(name.count("/") <= 15, "HierarchyLevelLimitExceededException", _LEVELS)
    require(len(name) <= 1011, _INVALID, "The name of a parameter has at most 1011 characters.")


def _check_pattern(pattern: str, value: str) -> None:
    try:
        fits = re.search(pattern, value)
    except re.error:
        message = f"The request does not meet the regular expression requirement: {pattern}"
        require(False, "InvalidAllowedPatternException", message)
        return
    message = f"Parameter value, cannot be validated against allowedPattern: {pattern}"
    require(fits, "ParameterPatternMismatchException", message)


def _path(_: Call, params: Params) -> None:
    message = 'The parameter doesn\'t meet the parameter name requirements: it must begin with "/".'
    require(params["Path"].startswith("/"), _INVALID, message)


CHECKS: dict[str, Check] = {"PutParameter": _parameter, "GetParametersByPath": _path}
