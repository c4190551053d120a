"""Lambda: the function, with its alias or version if the request names one."""

from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission, pass_role
from localcloud.iam.permissions.table import Table
from localcloud.settings import ACCOUNT_ID

TABLE = Table(
    "lambda",
    {"layer": "{LayerName}", "layerversion": "{LayerName}:{VersionNumber}"},
    # Of any resource that has tags.
    dict.fromkeys(("ListTags", "TagResource", "UntagResource"), "{Resource}"),
)


def required_permissions(call: Call) -> list[Permission]:
    if "FunctionName" not in call.path_params and call.name != "CreateFunction":
        return TABLE.permissions(call)
    params: dict[str, Any] = call.path_params if call.name == "Invoke" else call.params
    arn = function_arn(params["FunctionName"], call)
    qualifier = call.request.query.get("Qualifier")
    if qualifier and arn.count(":") == 6:
        arn = f"{arn}:{qualifier[0]}"
    action = "InvokeFunction" if call.name == "Invoke" else call.name
    permissions = [Permission(f"lambda:{action}", arn, lambda: _keys(call))]
    if call.name in ("CreateFunction", "UpdateFunctionConfiguration"):
        layers = params.get("Layers") or []
        permissions += pass_role(params.get("Role"), "lambda.amazonaws.com")
        permissions += [Permission("lambda:GetLayerVersion", layer) for layer in layers]
    return permissions


def function_arn(name: str, call: Call) -> str:
    """From any way to name a function: name, name:alias, partial ARN, ARN."""
    if name.startswith("arn:"):
        return name
    account, _, name = name.rpartition(":function:")
    return f"arn:aws:lambda:{call.region}:{account or ACCOUNT_ID}:function:{name}"


def _keys(call: Call) -> Keys:
    keys: dict[str, str | list[str]] = {}
    if call.name == "AddPermission":
        keys["lambda:Principal"] = str(call.params["Principal"])
    vpc = call.params.get("VpcConfig") or {}
    for member in ("SubnetIds", "SecurityGroupIds"):
        if vpc.get(member):
            keys[f"lambda:{member}"] = [str(value) for value in vpc[member]]
    return keys
