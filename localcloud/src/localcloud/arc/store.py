"""``Arc``: the state of both planes, and the faults of endpoints."""

import secrets
import threading
from collections.abc import Mapping
from typing import TypeVar

from localcloud.arc import model
from localcloud.arc.errors import not_found, unavailable
from localcloud.arc.model import Cluster, ControlPanel, Endpoint, RoutingControl, SafetyRule, State
from localcloud.clock import Clock

R = TypeVar("R", bound=model.Resource)
# Each of the five endpoints has its own copy of the states; a write needs three of them. "At least
# three are always available":
# https://docs.aws.amazon.com/r53recovery/latest/dg/introduction-regions-routing.html
QUORUM = 3


class Arc:
    """All clusters and what is in them. Hold ``lock`` while using more than one resource."""

    def __init__(self, clock: Clock, delays: model.Delays) -> None:
        self.clock = clock
        self.delays = delays
        self.lock = threading.RLock()
        self._resources: dict[str, model.Resource] = {}

    def add(self, resource: model.Resource) -> None:
        is_cluster = isinstance(resource, Cluster)
        resource.created_at = self.clock.now()
        resource.deploy_seconds = self.delays.cluster if is_cluster else self.delays.other
        with self.lock:
            self._resources[resource.arn] = resource

    def all(self, kind: type[R]) -> list[R]:
        """Return all of a kind in order of creation, those in deletion included."""
        with self.lock:
            for arn in [a for a, r in self._resources.items() if r.is_deleted(self.clock)]:
                del self._resources[arn]
            return [r for r in self._resources.values() if isinstance(r, kind)]

    def get(self, kind: type[R], arn: str) -> R:
        """Raises ResourceNotFoundException."""
        if resource := self.find(kind, arn):
            return resource
        raise not_found(kind.__name__, arn)

    def find(self, kind: type[R], arn: str) -> R | None:
        return next((r for r in self.all(kind) if r.arn == arn), None)

    def panels_of(self, cluster: Cluster) -> list[ControlPanel]:
        return [panel for panel in self.all(ControlPanel) if panel.cluster_arn == cluster.arn]

    def controls_of(self, cluster: Cluster) -> list[RoutingControl]:
        return [c for c in self.all(RoutingControl) if c.cluster_arn == cluster.arn]

    def is_changing(self, cluster_arn: str) -> bool:
        """Whether the cluster, or something in it, is being created or deleted."""
        return any(
            resource.status(self.clock) != "DEPLOYED"
            for resource in self.all(model.Resource)
            if cluster_arn == resource.arn
            or (isinstance(resource, model.Member) and resource.cluster_arn == cluster_arn)
        )

    def controls_in(self, panel_arn: str) -> list[RoutingControl]:
        return [c for c in self.all(RoutingControl) if c.control_panel_arn == panel_arn]

    def rules_in(self, panel_arn: str) -> list[SafetyRule]:
        return [rule for rule in self.all(SafetyRule) if rule.control_panel_arn == panel_arn]

    def new_endpoints(self) -> list[Endpoint]:
        """Return five endpoints with hosts as AWS names them: 8 hex digits, service, Region."""
        return [
            Endpoint(r, f"{secrets.token_hex(4)}.route53-recovery-cluster.{r}.amazonaws.com")
            for r in model.CLUSTER_REGIONS
        ]

    def endpoint(self, host: str) -> tuple[Cluster, Endpoint] | None:
        for cluster in self.all(Cluster):
            for endpoint in cluster.endpoints:
                if endpoint.host == host:
                    return cluster, endpoint
        return None

    def set_endpoint(self, region: str, mode: model.Mode) -> None:
        """Set the mode of each cluster's endpoint; one that is up again catches up."""
        with self.lock:
            for cluster in self.all(Cluster):
                endpoint = next(e for e in cluster.endpoints if e.region == region)
                endpoint.mode = mode
                if endpoint.votes:
                    endpoint.states = {c.arn: c.state for c in self.controls_of(cluster)}

    def require_quorum(self, cluster: Cluster, through: Endpoint) -> None:
        """Raise EndpointTemporarilyUnavailableException if a write here cannot reach a quorum."""
        if not through.votes or sum(e.votes for e in cluster.endpoints) < QUORUM:
            raise unavailable()

    def commit(self, cluster: Cluster, changes: Mapping[str, State]) -> None:
        for control in self.controls_of(cluster):
            state = changes.get(control.arn, control.state)
            if state != control.state:
                control.history.append((self.clock.now(), state))
        for endpoint in cluster.endpoints:
            if endpoint.votes:
                endpoint.states.update(changes)

    def agreed_state(self, control_arn: str, delay: float = 0.0) -> State | None:
        """Return the quorum's state ``delay`` AWS seconds ago; None if there is no such control."""
        with self.lock:
            control = self.find(RoutingControl, control_arn)
            return control.delayed_state(self.clock, delay) if control else None
