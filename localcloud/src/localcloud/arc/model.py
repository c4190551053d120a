"""Clusters, control panels, routing controls and safety rules."""

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
    """Its store sets ``created_at`` and for how long it is PENDING, and later PENDING_DELETION."""

    arn: str
    name: str
    created_at: float = field(default=0.0, init=False)
    deploy_seconds: float = field(default=0.0, init=False)
    deleted_at: float | None = field(default=None, init=False)
    tags: dict[str, str] = field(default_factory=dict, init=False)

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


@dataclass
class Cluster(Resource):
    endpoints: list[Endpoint]


@dataclass
class Member(Resource):
    """A resource in a cluster."""

    cluster_arn: str


@dataclass
class ControlPanel(Member):
    is_default: bool = False


@dataclass
class RoutingControl(Member):
    """``history`` is what the quorum agreed on, oldest first: time and state. It begins Off."""

    control_panel_arn: str
    history: list[tuple[float, State]] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.history[-1][1] if self.history else "Off"

    def delayed_state(self, clock: Clock, delay: float) -> State:
        """Return the newest state at least ``delay`` AWS seconds old, as a slow reader sees it."""
        for time, state in reversed(self.history):
            if clock.elapsed(time) >= delay:
                return state
        return "Off"


@dataclass
class SafetyRule(Member):
    """An assertion rule about ``controls``; gating rules are not emulated."""

    control_panel_arn: str
    controls: list[str]
    rule_config: dict[str, Any]
    wait_period_ms: int
