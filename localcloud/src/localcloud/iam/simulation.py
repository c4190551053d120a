"""SimulatePrincipalPolicy: what a role may do, without doing it.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from typing import Any, ClassVar

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import role_session
from localcloud.gateway.service import Service
from localcloud.iam.authority import Authority


class Simulation(Service):
    """Of roles only; resource policies count, although AWS leaves them out unless they are sent."""

    service: ClassVar[str] = "iam"
    falls_through = True

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def simulate_principal_policy(self, _: Call, **params: Any) -> dict[str, Any]:
        arn = params["PolicySourceArn"]
        if self._authority.roles.get(arn) is None:
            raise ApiError("NoSuchEntity", f"The role with ARN {arn} cannot be found.", 404)
        context = {
            entry["ContextKeyName"]: entry["ContextKeyValues"][0]
            for entry in params.get("ContextEntries", [])
        }
        results = [
            self._evaluation_result(arn, action, resource, context)
            for action in params["ActionNames"]
            for resource in params.get("ResourceArns") or ["*"]
        ]
        return {"EvaluationResults": results, "IsTruncated": False}

    def _evaluation_result(
        self, role: str, action: str, resource: str, context: dict[str, str]
    ) -> dict[str, Any]:
        principal = role_session(role, "simulation")
        decision = self._authority.allows(principal, action, resource, context)
        denial = "explicitDeny" if "explicit deny" in decision.reason else "implicitDeny"
        return {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": "allowed" if decision.allowed else denial,
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
