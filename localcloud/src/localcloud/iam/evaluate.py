"""IAM's decision about an action on a resource, by policies alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Within one account: an explicit deny wins; else an identity policy *or* a resource policy that
names the caller suffices.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from localcloud.gateway.principals import Principal
from localcloud.iam.context import Context
from localcloud.iam.policy import Policy
from localcloud.iam.principals import Named


@dataclass(frozen=True)
class Decision:
    """``reason`` ends AWS's message; no condition key was looked at if ``is_unconditional``."""

    allowed: bool
    reason: str = ""
    is_unconditional: bool = True


@dataclass(frozen=True)
class Verdict:
    """The result of one kind of policies, and how the statement that allows names the caller."""

    is_denied: bool = False
    named: Named = Named.NOT

    @property
    def allows(self) -> bool:
        return self.named is not Named.NOT


def consult(
    policies: Iterable[Policy], principal: Principal, action: str, resource: str, context: Context
) -> Verdict:
    """Evaluate policies of one kind: a role's identity policies, or a resource's policy."""
    action = action.lower()
    named = Named.NOT
    for policy in policies:
        for statement in policy.statements:
            how = statement.names(principal)
            if how is Named.NOT or (statement.allows and named >= how):
                continue
            if statement.applies(action, resource, context):
                if not statement.allows:
                    return Verdict(is_denied=True)
                named = how
    return Verdict(named=named)


@dataclass(frozen=True)
class Grants:
    """The policies that decide. None where there is none of that kind."""

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    resource: Policy | None = None


def decide(
    grants: Grants, principal: Principal, action: str, resource: str, context: Context
) -> Decision:
    """``principal`` is a role session (or, with no identity policies, a service)."""

    def ask(*policies: Policy | None) -> Verdict:
        existing = [policy for policy in policies if policy]
        return consult(existing, principal, action, resource, context)

    def decision(allowed: bool, reason: str = "") -> Decision:
        return Decision(allowed, reason, not context.used)

    identity, of_resource = ask(*grants.identity), ask(grants.resource)
    boundary = ask(grants.boundary)
    if identity.is_denied:
        return decision(False, "with an explicit deny in an identity-based policy")
    if of_resource.is_denied:
        return decision(False, "with an explicit deny in a resource-based policy")
    if boundary.is_denied:
        return decision(False, "with an explicit deny in a permissions boundary")
    if grants.boundary and not boundary.allows:
        return decision(False, f"because no permissions boundary allows the {action} action")
    if of_resource.named is Named.DIRECTLY:
        return decision(True)
    if identity.allows and (of_resource.allows or not _needs_both(action)):
        return decision(True)
    is_stranger = principal.service is not None or principal.is_anonymous
    kind = "resource" if is_stranger or identity.allows else "identity"
    return decision(False, f"because no {kind}-based policy allows the {action} action")


def _needs_both(action: str) -> bool:
    """A key's policy must at least name the account, or identity policies count for nothing.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    return action.startswith("kms:")
