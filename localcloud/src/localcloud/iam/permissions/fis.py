"""Fault Injection Service: experiments and what they are made from.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsfaultinjectionservice.html
"""

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, pass_role
from localcloud.iam.permissions.table import Table

_TEMPLATE = "arn:aws:fis:{region}:{account}:experiment-template/"
TABLE = Table(
    "fis",
    {
        "action": "{id}",
        "experiment": "{id|experimentId}",
        "experiment-template": "{id}",
        "action|experiment|experiment-template": "{resourceArn}",
    },
    # These have other resources beside the template: see below.
    {
        "CreateExperimentTemplate": f"{_TEMPLATE}*",
        "UpdateExperimentTemplate": f"{_TEMPLATE}{{id}}",
        "StartExperiment": f"{_TEMPLATE}{{experimentTemplateId}}",
    },
)


def required_permissions(call: Call, account: str) -> list[Permission]:
    permissions, params = TABLE.permissions(call, account), call.params
    action, arn = f"fis:{call.name}", f"arn:aws:fis:{call.region}:{account}:"
    if call.name == "StartExperiment":
        return [*permissions, Permission(action, f"{arn}experiment/*")]
    if call.name in ("CreateExperimentTemplate", "UpdateExperimentTemplate"):
        actions = {entry.get("actionId", "*") for entry in params.get("actions", {}).values()}
        on_actions = [Permission(action, f"{arn}action/{name}") for name in sorted(actions)]
        return [*permissions, *on_actions, *pass_role(params.get("roleArn"), "fis.amazonaws.com")]
    return permissions
