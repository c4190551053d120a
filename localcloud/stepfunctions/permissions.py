"""What Step Functions checks in its own name, before it acts for a role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request
from localcloud.gateway.identify import identify
from localcloud.stepfunctions.errors import StateError

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

_NOT_ASSUMABLE = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized "
    "to assume the provided role."
)


def check_role(cloud: Cloud, role_arn: str, region: str) -> None:
    """The role must exist and trust Step Functions. Raises AccessDeniedException in AWS's words."""
    if not role_arn.startswith("arn:") or ":role/" not in role_arn:
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{role_arn}'")
    client = cloud.clients.client("iam", region)
    try:
        role = client.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        raise ApiError("AccessDeniedException", _NOT_ASSUMABLE) from error
    document = role["AssumeRolePolicyDocument"]
    if isinstance(document, str):
        document = json.loads(document)
    services = {"states.amazonaws.com", f"states.{region}.amazonaws.com"}
    if not any(_trusts(statement, services) for statement in _list(document["Statement"])):
        raise ApiError("AccessDeniedException", _NOT_ASSUMABLE)


def _trusts(statement: dict[str, Any], services: set[str]) -> bool:
    principal = statement.get("Principal", {})
    named = _list(principal.get("Service", [])) if isinstance(principal, dict) else [principal]
    actions = _list(statement.get("Action", []))
    return (
        statement.get("Effect") == "Allow"
        and ("sts:AssumeRole" in actions or "sts:*" in actions or "*" in actions)
        and any(name in services or name == "*" for name in named)
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def may_start(execution: Execution) -> None:
    """A Distributed Map starts its children with the role: states:StartExecution on its own state
    machine.
    """
    machine = execution.machine
    headers = HeadersDict()
    headers["Content-Type"] = "application/x-amz-json-1.0"
    headers["X-Amz-Target"] = "AWSStepFunctions.StartExecution"
    body = json.dumps({"stateMachineArn": machine.arn}).encode()
    request = Request("POST", f"https://states.{machine.region}.amazonaws.com/", headers, body)
    call = identify(request, machine.principal)
    try:
        for judge in execution.engine.cloud.gateway.judges:
            judge(call)
    except ApiError as error:
        raise StateError("States.Permissions", error.message) from error
