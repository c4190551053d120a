"""The principal of a runbook: the role that its document names, or else the caller who started it.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-troubleshooting.html
"""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied
from localcloud.gateway.principals import Principal, role_session
from localcloud.iam import Authority
from localcloud.ssm.parameters import invalid_parameters
from localcloud.ssm.runbook import ROLE_ARN

_SERVICE = "ssm.amazonaws.com"


def principal_for(cloud: Cloud, caller: Principal, role: str, execution_arn: str) -> Principal:
    """Raises InvalidAutomationExecutionParametersException, AccessDeniedException.

    In a cloud without IAM (a test of something else) nothing is checked.
    """
    if not role:
        return caller
    if not ROLE_ARN.fullmatch(role):
        raise invalid_parameters("The format of the supplied assume role ARN is invalid.")
    if authority := cloud.find(Authority):
        _check_pass_role(authority, caller, role)
        if not authority.can_assume(role, _SERVICE, execution_arn):
            raise invalid_parameters("The defined assume role is unable to be assumed.")
    return role_session(role, f"Automation-{execution_arn.rsplit('/', 1)[-1]}")


def _check_pass_role(authority: Authority, caller: Principal, role: str) -> None:
    keys = {"iam:PassedToService": _SERVICE}
    decision = authority.allows(caller, "iam:PassRole", role, keys)
    if not decision.allowed:
        denied = access_denied(caller.arn, "iam:PassRole", role, decision.reason)
        raise ApiError("AccessDeniedException", denied.message, 400)
