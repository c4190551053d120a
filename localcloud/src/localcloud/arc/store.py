"""``Arc``: the state of both planes, and the switches that make an endpoint misbehave."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from localcloud.arc import quorum
from localcloud.arc.errors import not_found
from localcloud.arc.model import (
    CLUSTER_REGIONS,
    Cluster,
    ControlPanel,
    Delays,
    Endpoint,
    Mode,
    Resource,
    RoutingControl,
    State,
)
from localcloud.clock import Clock

R = TypeVar("R", bound=Resource)


class Arc:
    """All clusters and what is in them. Hold ``lock`` while reading or changing more than one
    thing.

    ``health_checks_of`` maps a routing control's ARN to the ids of its health checks; the DNS
    package fills it in.
    """

    def __init__(self, clock: Clock, account_id: str, delays: Delays) -> None:
        self.clock = clock
        self.account_id = account_id
        self.delays = delays
        self.lock = threading.RLock()
        self.health_checks_of: Callable[[str], list[str]] = lambda _: []
        self._resources: dict[str, Resource] = {}

    # -- what exists -----------------------------------------------------------------------------

    def add(self, resource: Resource) -> None:
        with self.lock:
            self._resources[resource.arn] = resource

    def every(self, kind: type[R]) -> list[R]:
        """In order of creation, those in deletion included."""
        with self.lock:
            for arn in [a for a, r in self._resources.items() if r.is_gone(self.clock)]:
                del self._resources[arn]
            return [r for r in self._resources.values() if isinstance(r, kind)]

    def get(self, kind: type[R], arn: str) -> R:
        """Raises ResourceNotFoundException."""
        if (found := self.find(kind, arn)) is None:
            raise not_found(kind.__name__, arn)
        return found

    def find(self, kind: type[R], arn: str) -> R | None:
        return next((r for r in self.every(kind) if r.arn == arn), None)

    def default_panel(self, cluster_arn: str) -> ControlPanel:
        panels = self.every(ControlPanel)
        return next(p for p in panels if p.is_default and p.cluster_arn == cluster_arn)

    # -- endpoints -------------------------------------------------------------------------------

    def new_endpoints(self) -> list[Endpoint]:
        """Hosts as AWS names them: 8 hex digits before the service and the Region."""
        return [
            Endpoint(r, f"{secrets.token_hex(4)}.route53-recovery-cluster.{r}.amazonaws.com")
            for r in CLUSTER_REGIONS
        ]

    def endpoint(self, host: str) -> tuple[Cluster, Endpoint] | None:
        for cluster in self.every(Cluster):
            for endpoint in cluster.endpoints:
                if endpoint.host == host:
                    return cluster, endpoint
        return None

    def set_endpoint(self, region: str, mode: Mode, cluster_arn: str | None = None) -> None:
        """Switch the endpoint in ``region`` of one cluster, or of all. One that comes back catches
        up at once.
        """
        with self.lock:
            for cluster in self.every(Cluster):
                if cluster_arn in (None, cluster.arn):
                    endpoint = next(e for e in cluster.endpoints if e.region == region)
                    endpoint.mode = mode
                    quorum.catch_up(endpoint, self.controls_of(cluster))

    # -- routing control states ------------------------------------------------------------------

    def controls_of(self, cluster: Cluster) -> list[RoutingControl]:
        return [c for c in self.every(RoutingControl) if c.cluster_arn == cluster.arn]

    def agreed_state(self, control_arn: str, delay: float = 0.0) -> State | None:
        """What the quorum agreed on, as it was known ``delay`` AWS seconds ago; None if there is
        no such control.
        """
        with self.lock:
            control = self.find(RoutingControl, control_arn)
            return control.state_known_after(self.clock, delay) if control else None
