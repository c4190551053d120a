"""Step Functions: state machines, executions, Map Runs."""

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, arguments, pass_role
from localcloud.iam.permissions.table import Table

TABLE = Table(
    "states",
    {
        "execution": "{executionArn}",
        "execution|express": "{executionArn}",
        "maprun": "{mapRunArn}",
        "maprun|statemachine": "{stateMachineArn|mapRunArn}",
        "statemachine": "{stateMachineArn|name}",
        "activity|statemachine": "{resourceArn}",
    },
)


def required_permissions(call: Call, account: str) -> list[Permission]:
    permissions = TABLE.permissions(call, account)
    if call.name in ("CreateStateMachine", "UpdateStateMachine"):
        permissions += pass_role(arguments(call).get("roleArn"), "states.amazonaws.com")
    return permissions
