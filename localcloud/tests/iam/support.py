"""Captures the calls of clients."""

from __future__ import annotations

from typing import Any
from unittest import mock

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Credentials, Principal

ACCOUNT = "123456789012"


def capture(
    cloud: Cloud,
    service: str,
    operation: str,
    principal: Principal | None = None,
    **parameters: Any,
) -> Call:
    """The call that botocore makes, which is stopped before anybody answers it."""
    calls: list[Call] = []

    def stop(call: Call) -> None:
        calls.append(call)
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
    return calls[0]


def client_with(cloud: Cloud, service: str, keys: Credentials) -> Any:
    """A client with these keys, whose requests go to the gateway."""
    anybody = Principal(arn=f"the owner of {keys}")
    with mock.patch.object(cloud.principals, "issue", return_value=keys):
        return cloud.clients.client(service, "us-east-1", anybody)
