"""Roles and their policies, read from moto's IAM and parsed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.backends import get_backend
from moto.core.config import default_user_config

from localcloud.gateway.moto_bridge import service_lock
from localcloud.iam.policy import Policy, parsed


@dataclass(frozen=True)
class Role:
    arn: str
    unique_id: str
    max_session_seconds: int
    trust: Policy
    identity: tuple[Policy, ...]
    boundary: Policy | None = None
    tags: dict[str, str] = field(default_factory=dict)


class Roles:
    """By ARN, until something in IAM changes."""

    def __init__(self) -> None:
        self._roles: dict[str, Role | None] = {}

    def forget(self) -> None:
        self._roles = {}

    def get(self, arn: str) -> Role | None:
        """None if there is no such role."""
        roles = self._roles  # a change in IAM meanwhile starts a new cache
        if arn not in roles:
            with service_lock("iam"):
                roles[arn] = _read(arn)
        return roles[arn]


def backend(account: str) -> Any:
    """moto's IAM of one account."""
    return get_backend("iam")[account]["aws"]


def all_role_arns(account: str) -> list[str]:
    with service_lock("iam"):
        return [role.arn for role in backend(account).roles.values()]


def _read(arn: str) -> Role | None:
    if ":role/" not in arn:
        return None
    iam = backend(arn.split(":")[4])
    role = next((role for role in iam.roles.values() if role.arn == arn), None)
    if role is None:
        return None
    inline = [parsed(text, name) for name, text in role.policies.items()]
    managed = [_managed(policy) for policy in role.managed_policies.values()]
    boundary = iam.managed_policies.get(role.permissions_boundary_arn)
    return Role(
        arn=arn,
        unique_id=role.id,
        max_session_seconds=int(role.max_session_duration or 3600),
        trust=parsed(role.assume_role_policy_document),
        identity=(*inline, *managed),
        boundary=_managed(boundary) if boundary else None,
        tags={key: str(tag["Value"]) for key, tag in (role.tags or {}).items()},
    )


def _managed(policy: Any) -> Policy:
    versions = {version.version_id: version for version in policy.versions}
    return parsed(versions[policy.default_version_id].document, policy.arn)


def load_aws_managed_policies(account: str) -> None:
    """Load AWS's own policies, which moto has but leaves out by default."""
    iam = backend(account)
    if iam.aws_managed_policies:
        return
    settings = default_user_config["iam"]
    settings["load_aws_managed_policies"] = True
    try:
        with service_lock("iam"):
            iam.reset()
    finally:
        settings["load_aws_managed_policies"] = False
