"""CloudWatch Logs.

The resource that is judged always has the form ``log-group:<name>:log-stream:<stream>``, with an
empty stream where the operation is about the group, as AWS's messages show: so a policy on
``log-group:<name>`` without ``:*`` allows nothing but tagging.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""

from __future__ import annotations

from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, Table, Unmapped, arguments

_GROUP = {
    "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy",
    "DescribeLogStreams", "FilterLogEvents", "StartQuery", "GetLogGroupFields",
    "PutMetricFilter", "DeleteMetricFilter", "DescribeMetricFilters", "AssociateKmsKey",
    "PutSubscriptionFilter", "DeleteSubscriptionFilter", "DescribeSubscriptionFilters",
    "StartLiveTail", "ListTagsLogGroup", "TagLogGroup", "UntagLogGroup", "DescribeLogGroups",
}  # fmt: skip
_STREAM = {"CreateLogStream", "PutLogEvents", "GetLogEvents", "DeleteLogStream"}
_OTHER = Table(
    "logs",
    {
        **dict.fromkeys(
            (
                # No resource-level permission exists for any of these.
                "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery",
                "ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies",
                "DeleteResourcePolicy", "GetQueryResults", "StopQuery", "DescribeQueries",
                "PutQueryDefinition", "DescribeQueryDefinitions", "DeleteQueryDefinition",
            ),
            "*",
        ),
        "TagResource": "{resourceArn}",
        "UntagResource": "{resourceArn}",
        "ListTagsForResource": "{resourceArn}",
    },
)  # fmt: skip


def required_permissions(call: Call, account: str) -> list[Permission]:
    given = arguments(call)
    if call.name in _GROUP:
        stream = ""
    elif call.name in _STREAM:
        # CreateLogStream is a permission on the group; its ARN has the stream's name all the same.
        stream = str(given.get("logStreamName") or "")
    else:
        return _OTHER.permissions(call, account)
    prefix = f"arn:aws:logs:{call.region}:{account}:log-group:"
    found = [
        Permission(f"logs:{call.name}", f"{prefix}{group}:log-stream:{stream}")
        for group in _groups(given)
    ]
    if call.name == "CreateLogGroup" and given.get("tags"):
        found.append(Permission("logs:TagResource", f"{prefix}{given['logGroupName']}"))
    return found


def _groups(given: dict[str, Any]) -> list[str]:
    named = given.get("logGroupNames") or given.get("logGroupIdentifiers")
    if not named:
        named = [given.get("logGroupName") or given.get("logGroupIdentifier") or ""]
    if not isinstance(named, list):
        raise Unmapped(f"log groups named by {named!r}")
    return [str(one).rsplit(":log-group:", 1)[-1].removesuffix(":*") for one in named]
