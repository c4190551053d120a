"""What Step Functions checks in its own name, before it acts for a role."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied
from localcloud.iam import Authority
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.state_machine import StateMachine

_START = "states:StartExecution"


def check_role(cloud: Cloud, role_arn: str, region: str, machine_arn: str) -> None:
    """Raise AccessDeniedException unless the role exists and trusts Step Functions.

    A cloud without IAM, in a test of something else, checks nothing.
    """
    if not role_arn.startswith("arn:") or ":role/" not in role_arn:
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{role_arn}'")
    if (authority := cloud.find(Authority)) is None:
        return
    services = ("states.amazonaws.com", f"states.{region}.amazonaws.com")
    if not any(authority.can_assume(role_arn, service, machine_arn) for service in services):
        raise ApiError(
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is "
            "authorized to assume the provided role.",
        )


def check_start_of_children(cloud: Cloud, machine: StateMachine) -> None:
    """A Distributed Map starts its children with the role: it must be allowed to do so."""
    if (authority := cloud.find(Authority)) is None:
        return
    decision = authority.allows(machine.principal, _START, machine.arn)
    if not decision.allowed:
        denied = access_denied(machine.principal.arn, _START, machine.arn, decision.reason)
        raise StateError("States.Permissions", denied.message)
