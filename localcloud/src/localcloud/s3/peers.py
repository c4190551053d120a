"""What S3 needs of other parts of the local cloud, and where it finds them if installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal

T = TypeVar("T")


class Functions(Protocol):
    """Lambda: invokes as a service, which the function's policy must let in."""

    def invoke(
        self,
        function: str,
        payload: bytes,
        principal: Principal,
        *,
        region: str,
        invocation_type: str = "RequestResponse",
    ) -> object:
        """``Event`` queues, ``DryRun`` only asks; raises ApiError."""


class Decision(Protocol):
    @property
    def allowed(self) -> bool: ...


class Authority(Protocol):
    """IAM: whether a role may do something, and whether a service may take the role."""

    def allows(
        self,
        principal: Principal,
        action: str,
        resource: str,
        context: Mapping[str, str] | None = None,
    ) -> Decision: ...

    def can_assume(self, role_arn: str, service: str, source_arn: str | None = None) -> bool: ...


def functions_of(cloud: Cloud) -> Functions | None:
    """Imported late, because a cloud without Lambda must not need it."""
    from localcloud.lambda_.invocation import Lambda

    return _installed(cloud, Lambda)


def authority_of(cloud: Cloud) -> Authority | None:
    from localcloud.iam.authority import Authority as Installed

    return _installed(cloud, Installed)


def _installed(cloud: Cloud, kind: type[T]) -> T | None:
    try:
        return cloud.get(kind)
    except KeyError:
        return None
