"""As whom a runbook acts: the role that its document names, else whoever started it.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-troubleshooting.html
"""

from __future__ import annotations

import re

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied
from localcloud.gateway.principals import Principal, role_session
from localcloud.iam import Authority
from localcloud.ssm.parameters import refused

_SERVICE = "ssm.amazonaws.com"


def principal_for(cloud: Cloud, caller: Principal, role: str, execution_arn: str) -> Principal:
    """Raises InvalidAutomationExecutionParametersException, AccessDeniedException."""
    if not role:
        return caller
    if not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/.+", role):
        raise refused("The format of the supplied assume role ARN is invalid.")
    authority = _authority(cloud)
    if authority is not None:
        _check_pass_role(authority, caller, role)
        if not authority.can_assume(role, _SERVICE, execution_arn):
            raise refused("The defined assume role is unable to be assumed.")
    return role_session(role, f"Automation-{execution_arn.rsplit('/', 1)[-1]}")


def _check_pass_role(authority: Authority, caller: Principal, role: str) -> None:
    keys = {"iam:PassedToService": _SERVICE}
    decision = authority.allows(caller, "iam:PassRole", role, keys)
    if not decision.allowed:
        denied = access_denied(caller.arn, "iam:PassRole", role, decision.reason)
        raise ApiError("AccessDeniedException", denied.message, 400)


def _authority(cloud: Cloud) -> Authority | None:
    """None in a cloud without IAM (a test of something else): then nothing is judged."""
    try:
        return cloud.get(Authority)
    except KeyError:
        return None
