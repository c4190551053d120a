"""Roles and users with their policies and keys, read from moto's IAM and parsed once."""

from dataclasses import dataclass, field
from typing import Any

from moto.backends import get_backend
from moto.core.config import default_user_config

from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.principals import Credentials, Principal, Principals
from localcloud.iam.policy import Policy, parsed
from localcloud.settings import ACCOUNT_ID


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A user or a role."""

    arn: str
    unique_id: str
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Role(Identity):
    max_session_seconds: int
    trust: Policy


class Roles:
    """By ARN, until something in IAM changes."""

    def __init__(self) -> None:
        self._identities: dict[str, Identity | None] = {}

    def forget(self) -> None:
        self._identities = {}

    def get(self, arn: str) -> Role | None:
        """None if there is no such role."""
        role = self._identity(arn)
        return role if isinstance(role, Role) else None

    def of(self, principal: Principal) -> Identity | None:
        """The role or the user that calls; None for a service or a stranger."""
        return self._identity(principal.role_arn or principal.arn)

    def _identity(self, arn: str) -> Identity | None:
        identities = self._identities  # a change in IAM meanwhile starts a new cache
        if arn not in identities:
            with service_lock("iam"):
                identities[arn] = _read(arn)
        return identities[arn]


def backend() -> Any:
    """moto's IAM of one account."""
    return get_backend("iam")[ACCOUNT_ID]["aws"]


def principal_exists(arn: str) -> bool:
    """Whether IAM knows the user or role; those of other accounts are taken for granted."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[4] != ACCOUNT_ID or not parts[5].startswith(("user/", "role/")):
        return True
    with service_lock("iam"):
        return parts[5] == "user/operator" or _find(arn) is not None


def _find(arn: str) -> Any:
    kind = arn.split(":", 5)[-1].partition("/")[0]
    if kind not in ("role", "user"):
        return None
    iam = backend()
    entities = (iam.roles if kind == "role" else iam.users).values()
    return next((entity for entity in entities if entity.arn == arn), None)


def _read(arn: str) -> Identity | None:
    entity = _find(arn)
    if entity is None:
        return None
    boundary = backend().managed_policies.get(
        getattr(entity, "permissions_boundary_arn", None)  # users have none in moto
    )
    common = {
        "arn": arn,
        "unique_id": entity.id,
        "policies": tuple(_policies(entity)),
        "boundary": _managed(boundary) if boundary else None,
    }
    if ":user/" in arn:
        return Identity(**common)
    return Role(
        max_session_seconds=int(entity.max_session_duration or 3600),
        trust=parsed(entity.assume_role_policy_document),
        tags={tag["Key"]: str(tag["Value"]) for tag in entity.tags or []},
        **common,
    )


def _policies(holder: Any) -> list[Policy]:
    """The inline and the managed policies of a role or a user."""
    inline = [parsed(text) for text in holder.policies.values()]
    return inline + [_managed(policy) for policy in holder.managed_policies.values()]


def _managed(policy: Any) -> Policy:
    versions = {version.version_id: version for version in policy.versions}
    return parsed(versions[policy.default_version_id].document)


def load_aws_managed_policies() -> None:
    """Load AWS's own policies, which moto has but leaves out by default."""
    iam = backend()
    settings = default_user_config["iam"]
    settings["load_aws_managed_policies"] = True
    try:
        with service_lock("iam"):
            iam.reset()
    finally:
        settings["load_aws_managed_policies"] = False


class UserKeys:
    """The access keys of IAM users: who has an active one can sign with it."""

    def __init__(self, principals: Principals) -> None:
        self._principals = principals
        self._active: set[str] = set()

    def refresh(self) -> None:
        """Accept the keys that are active now, and no others of users."""
        with service_lock("iam"):
            keys = {
                key.access_key_id: (key.secret_access_key, user.arn)
                for user in backend().users.values()
                for key in user.access_keys
                if key.status == "Active"
            }
        for access_key in self._active - keys.keys():
            self._principals.revoke(access_key)
        for access_key, (secret, user) in keys.items():
            self._principals.remember(Credentials(access_key, secret, None), Principal(arn=user))
        self._active = set(keys)
