"""Lambda: the function, with its alias or version if the request names one."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission, Table, pass_role

_ACTIONS = {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeAsync"}
_OTHER = Table(
    "lambda",
    {
        "ListFunctions": "*",
        "ListLayers": "*",
        "ListEventSourceMappings": "*",
        "GetAccountSettings": "*",
        "CreateEventSourceMapping": "*",
        "GetEventSourceMapping": "{arn}event-source-mapping:{UUID}",
        "DeleteEventSourceMapping": "{arn}event-source-mapping:{UUID}",
        "UpdateEventSourceMapping": "{arn}event-source-mapping:{UUID}",
        "PublishLayerVersion": "{arn}layer:{LayerName}",
        "ListLayerVersions": "*",
        "GetLayerVersion": "{arn}layer:{LayerName}:{VersionNumber}",
        "DeleteLayerVersion": "{arn}layer:{LayerName}:{VersionNumber}",
        "GetLayerVersionByArn": "{Arn}",
        "ListTags": "{Resource}",
        "TagResource": "{Resource}",
        "UntagResource": "{Resource}",
    },
    {"GetLayerVersionByArn": "GetLayerVersion"},
)


def required_permissions(call: Call, account: str) -> list[Permission]:
    if "FunctionName" not in call.path_params and call.name != "CreateFunction":
        mapped = _OTHER.permissions(call, account)
        if call.name == "CreateEventSourceMapping":
            arn = function_arn(str(call.params["FunctionName"]), call.region, account)
            return [Permission(mapped[0].action, "*", lambda: {"lambda:FunctionArn": arn})]
        return mapped
    given: dict[str, Any] = call.path_params if call.name == "Invoke" else call.params
    arn = function_arn(str(given["FunctionName"]), call.region, account)
    qualifier = call.request.query.get("Qualifier")
    if qualifier and arn.count(":") == 6:
        arn = f"{arn}:{qualifier[0]}"
    name = _ACTIONS.get(call.name, call.name)
    found = [Permission(f"lambda:{name}", arn, lambda: _keys(call))]
    if call.name in ("CreateFunction", "UpdateFunctionConfiguration"):
        found += pass_role(given.get("Role"), "lambda.amazonaws.com")
        found += [
            Permission("lambda:GetLayerVersion", layer) for layer in given.get("Layers") or []
        ]
    return found


def function_arn(name: str, region: str, account: str) -> str:
    """From any way to name a function: name, name:alias, partial ARN, ARN."""
    if name.startswith("arn:"):
        return name
    if ":function:" in name:
        account, name = name.split(":function:", 1)
    return f"arn:aws:lambda:{region}:{account}:function:{name}"


def _keys(call: Call) -> Keys:
    keys: dict[str, str | list[str]] = {}
    if call.name == "AddPermission":
        keys["lambda:Principal"] = str(call.params["Principal"])
    vpc = call.params.get("VpcConfig") or {}
    for key, member in (("SubnetIds", "SubnetIds"), ("SecurityGroupIds", "SecurityGroupIds")):
        if vpc.get(member):
            keys[f"lambda:{key}"] = [str(one) for one in vpc[member]]
    return keys
