"""Shared by the tests of permissions."""

from __future__ import annotations

from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal

ACCOUNT = "123456789012"


def capture(
    cloud: Cloud,
    service: str,
    operation: str,
    principal: Principal | None = None,
    **parameters: Any,
) -> Call:
    """The call that botocore makes of this, stopped before anybody answers it."""
    seen: list[Call] = []

    def stop(call: Call) -> None:
        seen.append(call)
        raise ApiError("Captured", "stopped by the test")

    checks = cloud.gateway.checks
    cloud.gateway.checks = [stop]
    client = cloud.clients.client(service, "us-east-1", principal)
    try:
        getattr(client, operation)(**parameters)
    except client.exceptions.ClientError:
        pass
    finally:
        cloud.gateway.checks = checks
    return seen[0]
