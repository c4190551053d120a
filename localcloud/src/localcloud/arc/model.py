"""Clusters, control panels, routing controls and safety rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from localcloud.clock import Clock

State = Literal["On", "Off"]
Mode = Literal["up", "down", "unavailable", "slow", "stale", "loses_reply"]

# https://docs.aws.amazon.com/r53recovery/latest/dg/introduction-regions-routing.html
CLUSTER_REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2")


@dataclass(frozen=True)
class Delays:
    """AWS seconds. AWS does not say how long PENDING lasts: minutes (a cluster) or seconds."""

    cluster: float = 20.0
    other: float = 2.0
    slow_endpoint: float = 30.0


@dataclass
class Resource:
    """``deploy_seconds`` is how long it is PENDING, and later PENDING_DELETION."""

    arn: str
    name: str
    created_at: float
    deploy_seconds: float
    tags: dict[str, str] = field(default_factory=dict)
    deleted_at: float | None = None

    def status(self, clock: Clock) -> str:
        if self.deleted_at is not None:
            return "PENDING_DELETION"
        is_deployed = clock.elapsed(self.created_at) >= self.deploy_seconds
        return "DEPLOYED" if is_deployed else "PENDING"

    def is_deleted(self, clock: Clock) -> bool:
        since = self.deleted_at
        return since is not None and clock.elapsed(since) >= self.deploy_seconds


@dataclass
class Endpoint:
    """One of a cluster's five, with its own copy of the states. ``mode`` is its fault, if any:

    ``down`` does not answer; ``unavailable`` answers EndpointTemporarilyUnavailableException;
    ``slow`` answers late; ``stale`` is cut off from the others: it reads its old copy, and can
    write nothing; ``loses_reply`` does the work and then drops the connection.
    """

    region: str
    host: str
    mode: Mode = "up"
    states: dict[str, State] = field(default_factory=dict)

    @property
    def votes(self) -> bool:
        return self.mode in ("up", "slow", "loses_reply")

    @property
    def url(self) -> str:
        return f"https://{self.host}/v1"


@dataclass
class Cluster(Resource):
    network_type: str = "IPV4"
    endpoints: list[Endpoint] = field(default_factory=list)


@dataclass
class ControlPanel(Resource):
    cluster_arn: str = ""
    is_default: bool = False


@dataclass
class RoutingControl(Resource):
    """``history`` is what the quorum agreed on, oldest first: time and state. It begins Off."""

    cluster_arn: str = ""
    panel_arn: str = ""
    history: list[tuple[float, State]] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.history[-1][1]

    @property
    def changed_at(self) -> float | None:
        return self.history[-1][0] if len(self.history) > 1 else None

    def delayed_state(self, clock: Clock, delay: float) -> State:
        """Return the newest state at least ``delay`` AWS seconds old, as a slow reader sees it."""
        for time, state in reversed(self.history):
            if clock.elapsed(time) >= delay:
                return state
        return self.history[0][1]


@dataclass
class SafetyRule(Resource):
    """``controls`` are the asserted ones, or the targets if there are ``gating_controls``."""

    panel_arn: str = ""
    controls: tuple[str, ...] = ()
    gating_controls: tuple[str, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    wait_period_ms: int = 0

    @property
    def is_gating(self) -> bool:
        return bool(self.gating_controls)
