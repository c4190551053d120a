"""Five endpoints, each with its own copy of the states. A write needs three of them.

"The cluster's endpoints ... get a quorum across five AWS Regions" and "at least three are always
available":
https://docs.aws.amazon.com/r53recovery/latest/dg/introduction-regions-routing.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from localcloud.arc.errors import unavailable
from localcloud.arc.model import Cluster, Endpoint, RoutingControl, State

QUORUM = 3


def require(cluster: Cluster, through: Endpoint) -> None:
    """Raise EndpointTemporarilyUnavailableException if a write here cannot reach a quorum."""
    voters = [endpoint for endpoint in cluster.endpoints if endpoint.votes]
    if not through.votes or len(voters) < QUORUM:
        raise unavailable()


def commit(
    cluster: Cluster,
    controls: Mapping[str, RoutingControl],
    changes: Mapping[str, State],
    now: float,
) -> None:
    for arn, state in changes.items():
        if controls[arn].state != state:
            controls[arn].history.append((now, state))
    for endpoint in cluster.endpoints:
        if endpoint.votes:
            endpoint.states.update(changes)


def catch_up(endpoint: Endpoint, controls: Iterable[RoutingControl]) -> None:
    if endpoint.votes:
        endpoint.states = {control.arn: control.state for control in controls}
