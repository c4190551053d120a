"""CloudWatch Logs.

The resource that is checked always has the form ``log-group:<name>:log-stream:<stream>``, with an
empty stream where the operation is about the group, as AWS's messages show: so a policy on
``log-group:<name>`` without ``:*`` allows nothing but tagging.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""

from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.aws_list import resource_types
from localcloud.iam.permissions.model import Permission, Unmapped, arguments
from localcloud.settings import ACCOUNT_ID


def required_permissions(call: Call) -> list[Permission]:
    action, params = f"logs:{call.name}", arguments(call)
    types = resource_types("logs", call.name)
    if not types and call.name != "DescribeLogGroups":  # of which AWS's list knows no resource
        return [Permission(action, "*")]
    if "resourceArn" in params:
        return [Permission(action, params["resourceArn"])]
    if types and not {"log-group", "log-stream"} & set(types):
        raise Unmapped(f"{action} on {', '.join(types)}")
    stream = params.get("logStreamName") or "" if "log-stream" in types else ""
    prefix = f"arn:aws:logs:{call.region}:{ACCOUNT_ID}:log-group:"
    permissions = [
        Permission(action, f"{prefix}{group}:log-stream:{stream}") for group in _groups(params)
    ]
    if call.name == "CreateLogGroup" and params.get("tags"):
        permissions.append(Permission("logs:TagResource", f"{prefix}{params['logGroupName']}"))
    return permissions


def _groups(params: dict[str, Any]) -> list[str]:
    one = params.get("logGroupName") or params.get("logGroupIdentifier") or ""
    names = params.get("logGroupIdentifiers") or [one]
    return [str(name).rsplit(":log-group:", 1)[-1].removesuffix(":*") for name in names]
