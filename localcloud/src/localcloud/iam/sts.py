"""STS: GetCallerIdentity and AssumeRole."""

from functools import partial
from typing import Any, ClassVar

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal, role_session
from localcloud.gateway.service import Service
from localcloud.iam.authority import Authority
from localcloud.iam.refusals import refusal
from localcloud.iam.roles import Role

_invalid = partial(ApiError, "ValidationError", status=400)
_CHAINED_SESSION_SECONDS = 3600  # an hour at most, if a role assumes a role


class Sts(Service):
    """Every other operation is refused by name."""

    service: ClassVar[str] = "sts"

    def __init__(self, cloud: Cloud, authority: Authority) -> None:
        self._cloud = cloud
        self._authority = authority

    def get_caller_identity(self, call: Call) -> dict[str, Any]:
        """Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
        principal = call.principal
        return {
            "UserId": self._unique_id(principal),
            "Account": principal.arn.split(":")[4],
            "Arn": principal.arn,
        }

    def assume_role(
        self,
        call: Call,
        RoleArn: str,
        RoleSessionName: str,
        DurationSeconds: int = 3600,
        ExternalId: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        role = self._authority.roles.get(RoleArn)
        keys = {"sts:ExternalId": ExternalId} if ExternalId else {}
        keys["sts:RoleSessionName"] = RoleSessionName
        # A role that is missing is refused in the same words.
        if role is None or not self._authority.trusts(role, call.principal, keys):
            raise refusal(call, "sts:AssumeRole", RoleArn, "")
        self._check_duration(call.principal, role, int(DurationSeconds))
        session = role_session(role.arn, RoleSessionName)
        expires_at = self._cloud.clock.now() + int(DurationSeconds)
        credentials = self._cloud.principals.issue(session, expires_at)
        return {
            "Credentials": {
                "AccessKeyId": credentials.access_key,
                "SecretAccessKey": credentials.secret_key,
                "SessionToken": credentials.token,
                "Expiration": credentials.expiration,
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"{role.unique_id}:{RoleSessionName}",
                "Arn": session.arn,
            },
        }

    def _check_duration(self, caller: Principal, role: Role, seconds: int) -> None:
        limit = _CHAINED_SESSION_SECONDS if caller.role_arn else role.max_session_seconds
        if seconds > limit:
            kind = "role chaining" if caller.role_arn else "this role"
            raise _invalid(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for " + kind
            )

    def _unique_id(self, principal: Principal) -> str:
        role = self._authority.roles.get(principal.role_arn) if principal.role_arn else None
        if role:
            return f"{role.unique_id}:{principal.arn.rsplit('/', 1)[-1]}"
        return "AIDALOCALCLOUD0000001"
