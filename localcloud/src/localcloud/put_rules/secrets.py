"""Keys, secrets and parameters: names and values, and keys that cannot be used.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

import re
from typing import Any

from moto.backends import get_backend
from moto.core.exceptions import ServiceException

from localcloud.gateway.errors import not_emulated, require
from localcloud.gateway.identify import Call
from localcloud.put_rules.rule import Check, Params
from localcloud.settings import ACCOUNT_ID

_NAME = (
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can '
    "consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of "
    "letters, numbers and the following 3 symbols .-_"
)
_STANDARD = (
    "Standard tier parameters support a maximum parameter value of 4096 characters. To create a "
    "larger parameter value, upgrade the parameter to use the advanced-parameter tier."
)
_LEVELS = "A parameter hierarchy can have a maximum of 15 levels."
_INVALID = "ValidationException"
_USES = (
    "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncrypt",
)  # fmt: skip


def _alias(_: Call, params: Params) -> None:
    """https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html"""
    name = params["AliasName"].removeprefix("alias/")
    require(name and params["AliasName"] != name, _INVALID, "Invalid identifier")
    is_reserved = name.startswith("aws/")
    require(not is_reserved, "NotAuthorizedException", "Alias names must not begin with alias/aws/")


def _key(_: Call, params: Params) -> None:
    spec = params.get("KeySpec") or params.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    usage = params.get("KeyUsage", "ENCRYPT_DECRYPT")
    if spec != "SYMMETRIC_DEFAULT" or usage != "ENCRYPT_DECRYPT":
        raise not_emulated(f"keys of the kind {spec} for {usage} (kms:CreateKey)")
    if params.get("MultiRegion") or params.get("Origin", "AWS_KMS") != "AWS_KMS":
        raise not_emulated("multi-Region keys, imported material and key stores (kms:CreateKey)")


def _deletion(_: Call, params: Params) -> None:
    days = params.get("PendingWindowInDays", 30)
    message = (
        f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy "
        "constraint: Member must have value greater than or equal to 7"
    )
    require(days >= 7, _INVALID, message)


def _use(call: Call, params: Params) -> None:
    if (key := _find(call, str(params.get("KeyId") or params.get("SourceKeyId")))) is None:
        return
    require(key.key_state != "Disabled", "DisabledException", f"{key.arn} is disabled.")
    is_usable = key.key_state == "Enabled"
    require(is_usable, "KMSInvalidStateException", f"{key.arn} is pending deletion.")


def _find(call: Call, key_id: str) -> Any:
    try:
        return get_backend("kms")[ACCOUNT_ID][call.region].describe_key(key_id)
    except (ServiceException, KeyError, AttributeError):
        return None


def _secret(call: Call, params: Params) -> None:
    message = (
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
        "following: -/_+=.@!"
    )
    has_name = re.fullmatch(r"[A-Za-z0-9/_+=.@!-]+", params["Name"])
    require(has_name, _INVALID, message)
    if "AddReplicaRegions" in params:
        raise not_emulated("replicas of secrets (secretsmanager:CreateSecret)")
    _secret_value(call, params)


def _secret_value(_: Call, params: Params) -> None:
    message = "You can't specify both a binary secret value and a string secret value."
    is_one = not ("SecretString" in params and "SecretBinary" in params)
    require(is_one, "InvalidParameterException", message)


def _parameter(_: Call, params: Params) -> None:
    if "Policies" in params or params.get("Tier", "Standard") != "Standard":
        raise not_emulated("advanced parameters (ssm:PutParameter with Policies or Tier)")
    _check_name(params["Name"])
    value = params["Value"]
    require(len(value) <= 4096, _INVALID, _STANDARD)
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


CHECKS: dict[str, Check] = {
    "kms:CreateAlias": _alias,
    "kms:CreateKey": _key,
    "kms:ScheduleKeyDeletion": _deletion,
    **dict.fromkeys(_USES, _use),
    "secretsmanager:CreateSecret": _secret,
    "secretsmanager:PutSecretValue": _secret_value,
    "secretsmanager:UpdateSecret": _secret_value,
    "ssm:GetParametersByPath": _path,
    "ssm:PutParameter": _parameter,
}
