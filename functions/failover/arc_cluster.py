"""ARC's data plane: five Regional endpoints, of which any may be down.

https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.update.html: start at a random
endpoint, and go on to the next on an error. Each request is signed for its endpoint's Region.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

# No retries beneath us: the next endpoint is the retry.
IMPATIENT = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})


class Endpoint(NamedTuple):
    """One of the five."""

    region: str
    url: str


def parse_endpoints(text: str) -> list[Endpoint]:
    """`us-east-1=https://…,…` → endpoints."""
    return [Endpoint(*one.split("=", 1)) for one in text.split(",")]


class Cluster:
    """Reads and sets routing controls at one endpoint at a time. Errors are botocore's."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        self._endpoints = endpoints

    @property
    def majority(self) -> int:
        """So many endpoints know what was decided."""
        return len(self._endpoints) // 2 + 1

    def in_random_order(self) -> list[Endpoint]:
        """All endpoints."""
        return random.sample(self._endpoints, len(self._endpoints))

    def are(self, endpoint: Endpoint, wanted: Mapping[str, str]) -> bool:
        """Whether the endpoint says that the controls (ARN → On or Off) are as wanted."""
        client = _client(endpoint)
        return all(
            client.get_routing_control_state(RoutingControlArn=arn)["RoutingControlState"] == state
            for arn, state in wanted.items()
        )

    def set(self, endpoint: Endpoint, wanted: Mapping[str, str]) -> None:
        """All controls in one call: the safety rules allow no step in between."""
        _client(endpoint).update_routing_control_states(
            UpdateRoutingControlStateEntries=[
                {"RoutingControlArn": arn, "RoutingControlState": state}
                for arn, state in wanted.items()
            ]
        )


@cache
def _client(endpoint: Endpoint) -> Any:
    return boto3.client(
        "route53-recovery-cluster",
        region_name=endpoint.region,
        endpoint_url=endpoint.url,
        config=IMPATIENT,
    )
