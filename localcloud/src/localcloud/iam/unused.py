"""Permissions of roles that no call has needed so far: candidates for removal."""

from dataclasses import dataclass

from localcloud.iam.authority import Authority
from localcloud.iam.match import glob
from localcloud.iam.policy import Statement
from localcloud.iam.roles import Role, all_role_arns


@dataclass(frozen=True, order=True)
class Unused:
    """``action`` as in the policy, with its wildcards, but in lower case."""

    role: str
    policy: str
    sid: str
    action: str


def unused_permissions(authority: Authority) -> list[Unused]:
    """Allowed actions that have not let a call pass since the cloud started.

    Where two statements allow the same, only the first counts as used.
    """
    roles = (authority.roles.get(arn) for arn in all_role_arns(authority.account))
    return sorted(unused for role in roles if role for unused in _of_role(authority, role))


def _of_role(authority: Authority, role: Role) -> list[Unused]:
    return [
        Unused(role.arn, policy.name, statement.sid, action)
        for policy in role.policies
        for statement in policy.statements
        if statement.allows
        for action in _never_used(authority, role, statement)
    ]


def _never_used(authority: Authority, role: Role, statement: Statement) -> list[str]:
    used = [
        action.lower()
        for (arn, reason, action) in authority.used.copy()
        if arn == role.arn and reason is statement
    ]
    if statement.actions.inverted:
        return [] if used else ["not " + ", ".join(statement.actions.texts)]
    return [text for text in statement.actions.texts if not any(map(glob(text), used))]
