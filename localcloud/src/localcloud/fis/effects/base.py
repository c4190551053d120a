"""The input of an effect, and its failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.iam import Authority

Undo = Callable[[], None]


class ActionFailed(Exception):
    """https://docs.aws.amazon.com/fis/latest/userguide/troubleshooting.html lists the codes."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def failed_call(error: ClientError) -> ActionFailed:
    """The failure of a call that the experiment's role may not make, or that went wrong."""
    code = error.response["Error"]["Code"]
    denied = "AccessDenied" in code or code == "UnauthorizedOperation"
    return ActionFailed("Unauthorized" if denied else "DependentServiceFailure", str(error))


@dataclass(frozen=True)
class Run:
    """The start of an action on ``targets``, ARNs, by ``principal``, the experiment's role."""

    cloud: Cloud
    region: str
    principal: Principal
    parameters: Mapping[str, str]
    targets: tuple[str, ...]

    def require(self, action: str, resource: str, **context: str) -> None:
        """Raise ActionFailed unless the role may; ``__`` in a condition key stands for a colon."""
        authority = self.cloud.find(Authority)
        if authority is None:
            return
        keys = {key.replace("__", ":"): value for key, value in context.items()}
        decision = authority.allows(self.principal, action, resource, keys)
        if not decision.allowed:
            raise ActionFailed(
                "Unauthorized",
                f"User: {self.principal.arn} is not authorized to perform: {action} "
                f"on resource: {resource} {decision.reason}",
            )
