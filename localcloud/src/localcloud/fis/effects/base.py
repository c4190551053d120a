"""What an effect is given, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.iam import Authority

Undo = Callable[[], None]


class ActionFailed(Exception):
    """``code`` as in an experiment's error:
    https://docs.aws.amazon.com/fis/latest/userguide/troubleshooting.html
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def failed_call(error: ClientError) -> ActionFailed:
    """A call that the experiment's role may not make, or that went wrong."""
    code = error.response["Error"]["Code"]
    denied = "AccessDenied" in code or code == "UnauthorizedOperation"
    return ActionFailed("Unauthorized" if denied else "DependentServiceFailure", str(error))


@dataclass(frozen=True)
class Run:
    """One action that starts. ``targets`` are ARNs; ``principal`` is the experiment's role."""

    cloud: Cloud
    region: str
    principal: Principal
    parameters: Mapping[str, str]
    targets: tuple[str, ...]

    def require(self, action: str, resource: str, **context: str) -> None:
        """Raises ActionFailed if the experiment's role may not do ``action``. Keys of ``context``
        are written with ``__`` for a colon.
        """
        try:
            authority = self.cloud.get(Authority)
        except KeyError:
            return  # a cloud without IAM judges nothing
        keys = {key.replace("__", ":"): value for key, value in context.items()}
        decision = authority.allows(self.principal, action, resource, keys)
        if not decision.allowed:
            raise ActionFailed(
                "Unauthorized",
                f"User: {self.principal.arn} is not authorized to perform: {action} "
                f"on resource: {resource} {decision.reason}",
            )
