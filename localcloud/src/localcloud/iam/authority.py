"""Decides whether a principal may do something, and whether a service may assume a role."""

from collections.abc import Callable, Mapping

from localcloud.clock import Clock, iso
from localcloud.gateway.principals import Principal, service_principal
from localcloud.iam.context import Context, Keys
from localcloud.iam.evaluate import Decision, Grants, consult, decide
from localcloud.iam.policy import Policy
from localcloud.iam.principals import account_of
from localcloud.iam.resource_policies import ResourcePolicies
from localcloud.iam.roles import Role, Roles
from localcloud.iam.used_permissions import UsedPermissions
from localcloud.settings import ACCOUNT_ID

_CACHE_SIZE = 50_000
_DENIED = "with an explicit deny in a resource-based policy"


class Authority:
    """IAM's decisions, by the roles and resource policies as they are now."""

    def __init__(self, clock: Clock, used_permissions: UsedPermissions | None = None) -> None:
        self.roles = Roles()
        self.resource_policies = ResourcePolicies()
        self._clock = clock
        self._used_permissions = used_permissions or UsedPermissions(None)
        self._decisions: dict[tuple[str, str, str, Policy | None], Decision] = {}

    def forget(self) -> None:
        """Drop what was read or decided, because something in IAM has changed."""
        self.roles.forget()
        self._decisions = {}

    def allows(
        self,
        principal: Principal,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
    ) -> Decision:
        """Whether ``principal`` may do ``action`` (as in ``s3:GetObject``) on the ARN ``resource``.

        ``context`` holds condition keys of the request; those of the principal are added.
        """
        return self.authorize(principal, action, resource, lambda: context or {})

    def authorize(
        self, principal: Principal, action: str, resource: str, *keys: Callable[[], Keys]
    ) -> Decision:
        """As ``allows``, with condition keys that are made only if a policy needs one."""
        policy = self.resource_policies.of(resource)
        cache_key = (principal.arn, action, resource, policy)
        decisions = self._decisions  # a change in IAM meanwhile starts a new cache
        if cached := decisions.get(cache_key):
            return cached
        context = Context(*keys, lambda: self.keys_of(principal))
        decision = self._decide(principal, action, resource, policy, context)
        self._used_permissions.note(principal, action, resource, decision.allowed)
        if decision.is_unconditional:
            if len(decisions) >= _CACHE_SIZE:
                decisions.clear()
            decisions[cache_key] = decision
        return decision

    def _decide(
        self,
        principal: Principal,
        action: str,
        resource: str,
        policy: Policy | None,
        context: Context,
    ) -> Decision:
        if principal.is_admin:
            policies = [policy] if policy else []
            denied = consult(policies, principal, action, resource, context).is_denied
            return Decision(not denied, _DENIED if denied else "", not context.used)
        caller = self.roles.of(principal)
        grants = (
            Grants(caller.policies, caller.boundary, policy) if caller else Grants(resource=policy)
        )
        return decide(grants, principal, action, resource, context)

    def can_assume(self, role_arn: str, service: str, source_arn: str | None = None) -> bool:
        """Whether a service (``lambda.amazonaws.com``) may assume the role, for ``source_arn``."""
        role = self.roles.get(role_arn)
        return role is not None and self.trusts(role, service_principal(service, source_arn))

    def trusts(self, role: Role, principal: Principal, keys: Keys | None = None) -> bool:
        """Whether the role trusts ``principal`` (or its account, if its own policies agree)."""
        context = Context(lambda: self.keys_of(principal), lambda: keys or {})
        verdict = consult([role.trust], principal, "sts:AssumeRole", role.arn, context)
        if not verdict.allows or principal.is_admin or principal.service:
            return verdict.allows
        caller = self.roles.of(principal)
        grants = Grants(caller.policies, caller.boundary, role.trust) if caller else Grants()
        return decide(grants, principal, "sts:AssumeRole", role.arn, context).allowed

    def keys_of(self, principal: Principal) -> Keys:
        """The condition keys about the caller and the time."""
        keys: dict[str, str | list[str]] = {
            "aws:CurrentTime": iso(self._clock.now()),
            "aws:EpochTime": str(int(self._clock.now())),
            "aws:PrincipalIsAWSService": "true" if principal.service else "false",
            "aws:ViaAWSService": "false",
        }
        if principal.service:
            keys["aws:PrincipalServiceName"] = principal.service
            if principal.source_arn:
                # S3 bucket ARNs have no account; the local cloud has one only.
                account = principal.source_arn.split(":")[4] or ACCOUNT_ID
                keys["aws:SourceArn"] = principal.source_arn
                keys["aws:SourceAccount"] = account
                keys["aws:SourceOwner"] = account  # the older name, in SNS's default topic policy
            return keys
        keys["aws:PrincipalType"] = _type_of(principal)
        if principal.is_anonymous:
            return keys
        keys["aws:PrincipalAccount"] = account_of(principal) or ACCOUNT_ID
        # For a role session it is the role's ARN, not the session's.
        keys["aws:PrincipalArn"] = principal.role_arn or principal.arn
        if principal.function_arn:
            keys["lambda:SourceFunctionArn"] = principal.function_arn
        name = principal.arn.rsplit("/", 1)[-1]
        caller = self.roles.of(principal)
        if caller:
            is_session = principal.role_arn is not None
            keys["aws:userid"] = f"{caller.unique_id}:{name}" if is_session else caller.unique_id
            keys.update({f"aws:PrincipalTag/{key}": value for key, value in caller.tags.items()})
        if principal.role_arn is None:
            keys["aws:username"] = name
        return keys


def _type_of(principal: Principal) -> str:
    if principal.is_anonymous:
        return "Anonymous"
    return "AssumedRole" if principal.role_arn else "User"
