"""Step Functions: state machines, executions, Map Runs."""

from __future__ import annotations

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, Table, arguments, pass_role

_TABLE = Table(
    "states",
    {
        **dict.fromkeys(
            (
                "StartExecution", "StartSyncExecution", "DescribeStateMachine",
                "UpdateStateMachine", "DeleteStateMachine", "PublishStateMachineVersion",
                "ListStateMachineAliases", "ListStateMachineVersions",
            ),
            "{stateMachineArn}",
        ),
        **dict.fromkeys(
            (
                "DescribeExecution", "StopExecution", "GetExecutionHistory", "RedriveExecution",
                "ListMapRuns", "DescribeStateMachineForExecution",
            ),
            "{executionArn}",
        ),
        "DescribeMapRun": "{mapRunArn}",
        "UpdateMapRun": "{mapRunArn}",
        "CreateStateMachine": "{arn}stateMachine:{name}",
        "ListStateMachines": "*",
        "ListActivities": "*",
        "SendTaskSuccess": "*",
        "SendTaskFailure": "*",
        "SendTaskHeartbeat": "*",
        "ValidateStateMachineDefinition": "*",
        "TestState": "*",
        "TagResource": "{resourceArn}",
        "UntagResource": "{resourceArn}",
        "ListTagsForResource": "{resourceArn}",
    },
)  # fmt: skip


def required_permissions(call: Call, account: str) -> list[Permission]:
    given = arguments(call)
    if call.name == "ListExecutions":
        arn = given.get("stateMachineArn") or given.get("mapRunArn") or "*"
        return [Permission("states:ListExecutions", str(arn))]
    found = _TABLE.permissions(call, account)
    if call.name in ("CreateStateMachine", "UpdateStateMachine"):
        found += pass_role(given.get("roleArn"), "states.amazonaws.com")
    return found
