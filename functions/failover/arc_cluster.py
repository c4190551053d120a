"""The data plane of ARC: five Regional endpoints, any of which may be down.

https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.update.html: start with a random
endpoint, and try the next one after an error. Each request is signed for its endpoint's Region.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

# Without retries of the SDK: the next endpoint is the retry.
ONE_TRY = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})


class Endpoint(NamedTuple):
    """One of the five endpoints."""

    region: str
    url: str


def parse_endpoints(text: str) -> list[Endpoint]:
    """`us-east-1=https://…,…` → endpoints."""
    return [Endpoint(*pair.split("=", 1)) for pair in text.split(",")]


@dataclass(frozen=True)
class ArcCluster:
    """Reads and sets routing controls at one endpoint at a time. Errors are botocore's.

    `states` maps the ARNs of routing controls to On or Off.
    """

    endpoints: list[Endpoint]

    @property
    def majority(self) -> int:
        """Number of endpoints of which at least one knows the latest state."""
        return len(self.endpoints) // 2 + 1

    def in_random_order(self) -> list[Endpoint]:
        """Return all endpoints, shuffled."""
        return random.sample(self.endpoints, len(self.endpoints))

    def has(self, endpoint: Endpoint, states: Mapping[str, str]) -> bool:
        """Tell whether the endpoint says that the controls have these states."""
        client = _client(endpoint)
        return all(
            client.get_routing_control_state(RoutingControlArn=arn)["RoutingControlState"] == state
            for arn, state in states.items()
        )

    def set(self, endpoint: Endpoint, states: Mapping[str, str]) -> None:
        """Set all controls by one call: the safety rules allow no state in between."""
        _client(endpoint).update_routing_control_states(
            UpdateRoutingControlStateEntries=[
                {"RoutingControlArn": arn, "RoutingControlState": state}
                for arn, state in states.items()
            ]
        )


@cache
def _client(endpoint: Endpoint) -> Any:
    return boto3.client(
        "route53-recovery-cluster",
        region_name=endpoint.region,
        endpoint_url=endpoint.url,
        config=ONE_TRY,
    )
