"""KMS: aliases, kinds of keys, and keys that cannot be used.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from typing import Any

from moto.backends import get_backend
from moto.core.exceptions import ServiceException

from localcloud.gateway.constraints import one_violation
from localcloud.gateway.errors import not_emulated, require
from localcloud.gateway.identify import Call
from localcloud.put_rules.rule import Check, Params
from localcloud.settings import ACCOUNT_ID

_INVALID = "ValidationException"
_USES = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")


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
    if (days := params.get("PendingWindowInDays", 30)) < 7:
        constraint = "have value greater than or equal to 7"
        raise one_violation(_INVALID, "pendingWindowInDays", constraint, days)


def _use(call: Call, params: Params) -> None:
    if (key := _find(call, str(params.get("KeyId")))) is None:
        return
    require(key.key_state != "Disabled", "DisabledException", f"{key.arn} is disabled.")
    is_usable = key.key_state == "Enabled"
    require(is_usable, "KMSInvalidStateException", f"{key.arn} is pending deletion.")


def _find(call: Call, key_id: str) -> Any:
    try:
        return get_backend("kms")[ACCOUNT_ID][call.region].describe_key(key_id)
    except (ServiceException, KeyError, AttributeError):
        return None


CHECKS: dict[str, Check] = {
    "kms:CreateAlias": _alias,
    "kms:CreateKey": _key,
    "kms:ScheduleKeyDeletion": _deletion,
    **dict.fromkeys(_USES, _use),
}
