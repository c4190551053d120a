"""The Principal element of resource and trust policies."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from localcloud.gateway.principals import Principal
from localcloud.iam.match import listed


class Named(IntEnum):
    """How a policy names a caller. By account, it leaves the decision to the caller's policies."""

    NOT = 0
    BY_ACCOUNT = 1
    DIRECTLY = 2


def account_of(principal: Principal) -> str | None:
    """The account of a user or role; None for a service or an anonymous caller."""
    parts = principal.arn.split(":")
    return parts[4] if len(parts) > 5 else None


@dataclass(frozen=True)
class PrincipalElement:
    everyone: bool
    aws: frozenset[str]
    services: frozenset[str]

    @staticmethod
    def parse(element: Any) -> "PrincipalElement":
        if element == "*":
            return PrincipalElement(True, frozenset(), frozenset())
        aws, services = (frozenset(map(str, listed(element.get(k)))) for k in ("AWS", "Service"))
        return PrincipalElement("*" in aws, aws, services)

    def names(self, principal: Principal) -> Named:
        if self.everyone:
            return Named.DIRECTLY
        if principal.service:
            return Named.DIRECTLY if principal.service in self.services else Named.NOT
        if principal.arn in self.aws or (principal.role_arn and principal.role_arn in self.aws):
            return Named.DIRECTLY
        account = account_of(principal)
        if account and (account in self.aws or f"arn:aws:iam::{account}:root" in self.aws):
            return Named.BY_ACCOUNT
        return Named.NOT

    def exempts(self, principal: Principal) -> bool:
        """Whether a NotPrincipal element leaves a caller out.

        It has to name the account, the role and the session, or the account and the user:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if self.everyone or principal.service or principal.is_anonymous:
            return self.everyone or principal.service in self.services
        account = account_of(principal)
        names_account = bool({account, f"arn:aws:iam::{account}:root"} & self.aws)
        own = {principal.arn, principal.role_arn} - {None}
        return names_account and own <= self.aws
