"""What the templates grant, and which grant a permission that a role needed comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from tools.policies import UNKNOWN, Names, policies
from tools.templates import ALL, transformed_template

_ROLE, _MANAGED = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"
# A managed policy is granted once, to the roles that have it. Another template gets its ARN.
_MANAGED_POLICIES = {"InPrivateSubnets": "InPrivateSubnets", "NetworkPolicyArn": "InPrivateSubnets"}


@dataclass(frozen=True, order=True)
class Grant:
    """``owner`` is the logical id of a role or of a managed policy.

    ``resource`` has ``…`` for what only a deployment knows.
    """

    owner: str
    action: str
    resource: str

    def covers(self, action: str, resource: str) -> bool:
        return action.lower() == self.action.lower() and bool(self._resource.fullmatch(resource))

    @cached_property
    def _resource(self) -> re.Pattern[str]:
        """``*`` is IAM's own, and fits any text; what is unknown is a part of one name."""
        pattern = re.escape(self.resource).replace(re.escape(UNKNOWN), "[^:/]*")
        return re.compile(pattern.replace(r"\*", ".*"))


@cache
def read_grants() -> frozenset[Grant]:
    """Everything that the templates allow a role, by its own policies or by a managed one."""
    return frozenset(grant for template in ALL for grant in _grants(template))


def _grants(template: str) -> Iterator[Grant]:
    resources = transformed_template(template)["Resources"]
    for policy in policies(template, Names()):
        if resources[policy.logical_id]["Type"] in (_ROLE, _MANAGED):
            for statement in policy.document["Statement"]:
                if statement["Effect"] == "Allow":
                    for action in _listed(statement["Action"]):
                        for resource in _listed(statement["Resource"]):
                            yield Grant(policy.logical_id, action, resource)


@cache
def owners() -> dict[str, frozenset[str]]:
    """Return, for each role, where its grants come from: itself and its managed policies."""
    permissions = {}
    for template in ALL:
        for logical_id, resource in transformed_template(template)["Resources"].items():
            if resource["Type"] == _ROLE:
                managed = str(resource["Properties"].get("ManagedPolicyArns", ""))
                own = {
                    logical_id,
                    *(_MANAGED_POLICIES[n] for n in _MANAGED_POLICIES if n in managed),
                }
                permissions[logical_id] = frozenset(own)
    return permissions


def used_grants(grants: Iterable[Grant], needs: Iterable[tuple[str, str, str]]) -> frozenset[Grant]:
    """Return the grants that cover a need: (logical id of the role, action, resource)."""
    by_action: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants:
        by_action.setdefault((grant.owner, grant.action.lower()), []).append(grant)
    return frozenset(
        grant
        for role, action, resource in needs
        for owner in owners().get(role, ())
        for grant in by_action.get((owner, action.lower()), ())
        if grant.covers(action, resource)
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
