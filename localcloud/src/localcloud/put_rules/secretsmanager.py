"""Names of secrets; a secret is a text or bytes.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
"""

import re

from localcloud.gateway.errors import not_emulated, require
from localcloud.gateway.identify import Call
from localcloud.put_rules.rule import Check, Params


def _create(call: Call, params: Params) -> None:
    message = (
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
        "following: -/_+=.@!"
    )
    has_name = re.fullmatch(r"[A-Za-z0-9/_+=.@!-]+", params["Name"])
    require(has_name, "ValidationException", message)
    if "AddReplicaRegions" in params:
        raise not_emulated("replicas of secrets (secretsmanager:CreateSecret)")
    _value(call, params)


def _value(_: Call, params: Params) -> None:
    message = "You can't specify both a binary secret value and a string secret value."
    is_one = not ("SecretString" in params and "SecretBinary" in params)
    require(is_one, "InvalidParameterException", message)


CHECKS: dict[str, Check] = {
    "CreateSecret": _create,
    "PutSecretValue": _value,
    "UpdateSecret": _value,
}
