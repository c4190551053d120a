"""What Step Functions checks in its own name, before it acts for a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied
from localcloud.iam import Authority
from localcloud.stepfunctions.errors import StateError

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

_NOT_ASSUMABLE = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized "
    "to assume the provided role."
)


def check_role(cloud: Cloud, role_arn: str, region: str, machine_arn: str) -> None:
    """The role must exist and trust Step Functions. Raises AccessDeniedException in AWS's words."""
    if not role_arn.startswith("arn:") or ":role/" not in role_arn:
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{role_arn}'")
    authority = _authority(cloud)
    services = ("states.amazonaws.com", f"states.{region}.amazonaws.com")
    if authority is None:
        return
    if not any(authority.can_assume(role_arn, service, machine_arn) for service in services):
        raise ApiError("AccessDeniedException", _NOT_ASSUMABLE)


def may_start(execution: Execution) -> None:
    """A Distributed Map starts its children with the role: states:StartExecution on its own
    state machine.
    """
    machine = execution.machine
    authority = _authority(execution.engine.cloud)
    if authority is None:
        return
    decision = authority.allows(machine.principal, "states:StartExecution", machine.arn)
    if not decision.allowed:
        denied = access_denied(
            machine.principal.arn, "states:StartExecution", machine.arn, decision.reason
        )
        raise StateError("States.Permissions", denied.message)


def _authority(cloud: Cloud) -> Authority | None:
    """None in a cloud without IAM (a test of something else): then nothing is judged."""
    try:
        return cloud.get(Authority)
    except KeyError:
        return None
