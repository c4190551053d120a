"""Failover sets the routing controls, whatever the endpoints do meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from common.activation import ActivationNotNoted
from common.state_table import StateTable
from failover import app, arc_cluster
from failover.arc_cluster import ArcCluster, Endpoint, parse_endpoints
from failover.routing_controls import (
    PAUSE_SECONDS,
    ROUNDS,
    QuorumUnreachable,
    SwitchRefused,
    _refusal,
    have_states,
    set_controls,
)
from tests.templates.loading import resources
from tests.unit.helpers import STATE_TABLE, raising, set_environment
from tests.unit.samples import MRAP

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"]
ENDPOINTS = [Endpoint(region, f"https://{region}.example") for region in REGIONS]
OWN_ON = {"arn:own": "On", "arn:peer": "Off"}
PEER_ON = {"arn:own": "Off", "arn:peer": "On"}
DOWN = EndpointConnectionError(endpoint_url="https://arc")
NO_RESPONSE = ReadTimeoutError(endpoint_url="https://arc")


class FakeCluster:
    """Five endpoints with one state, and what can go wrong with them."""

    def __init__(self, states: dict[str, str]) -> None:
        self.states = dict(states)
        self.stale: dict[str, dict[str, str]] = {}
        self.down: set[str] = set()
        self.loses_response: set[str] = set()
        self.refusal = ""
        self.writes: list[dict[str, str]] = []
        self.announced: list[dict[str, str]] = []
        self.majority = 3

    def announce(self) -> None:
        """What set_controls calls before it writes."""
        self.announced.append(dict(self.states))

    def in_random_order(self) -> list[Endpoint]:
        return ENDPOINTS

    def has(self, endpoint: Endpoint, states: Any) -> bool:
        if endpoint.region in self.down:
            raise DOWN
        return self.stale.get(endpoint.region, self.states) == dict(states)

    def set(self, endpoint: Endpoint, states: Any) -> None:
        if self.refusal:
            raising(self.refusal)()
        if self.states == dict(states):
            raising("ConflictException", 409)()  # within the wait period of the safety rules
        self.writes.append(dict(states))
        self.states = dict(states)
        if endpoint.region in self.loses_response:
            raise NO_RESPONSE


def switch(cluster: FakeCluster) -> Any:
    return set_controls(cluster, "us-west-2", OWN_ON, cluster.announce, sleep=lambda _: None)


def test_both_controls_are_set_by_one_write() -> None:
    cluster = FakeCluster(PEER_ON)
    assert switch(cluster) == {"region": "us-west-2", "changed": True, "endpoint": "us-east-1"}
    assert cluster.writes == [OWN_ON]


def test_a_switch_is_announced_before_it_is_made() -> None:
    cluster = FakeCluster(PEER_ON)
    switch(cluster)
    assert cluster.announced == [PEER_ON]


def test_defect_7_controls_that_have_their_states_are_not_written() -> None:
    cluster = FakeCluster(OWN_ON)
    assert switch(cluster)["changed"] is False
    assert not cluster.writes
    assert not cluster.announced


def test_defect_7_a_second_failover_does_not_switch_back() -> None:
    cluster = FakeCluster(PEER_ON)
    assert [switch(cluster)["changed"], switch(cluster)["changed"]] == [True, False]
    assert cluster.states == OWN_ON


def test_defect_7_after_a_lost_response_the_states_are_read() -> None:
    cluster = FakeCluster(PEER_ON)
    cluster.loses_response = set(REGIONS)
    assert switch(cluster)["changed"] is True
    assert cluster.writes == [OWN_ON]


@pytest.mark.parametrize("down", [["us-east-1"], ["us-east-1", "us-west-2"]])
def test_endpoints_that_are_down_are_skipped(down: list[str]) -> None:
    cluster = FakeCluster(PEER_ON)
    cluster.down = set(down)
    assert switch(cluster)["endpoint"] not in down
    assert switch(cluster)["changed"] is False


def test_defect_8_all_endpoints_down_is_an_error_with_a_name() -> None:
    cluster = FakeCluster(PEER_ON)
    cluster.down = set(REGIONS)
    with pytest.raises(QuorumUnreachable):
        switch(cluster)


def test_defect_8_a_minority_that_agrees_is_not_enough() -> None:
    cluster = FakeCluster(OWN_ON)
    cluster.down = set(REGIONS[:3])
    with pytest.raises(QuorumUnreachable, match="2 endpoints agree, 3 are needed"):
        switch(cluster)


def test_an_endpoint_with_an_older_state_does_not_decide() -> None:
    cluster = FakeCluster(PEER_ON)
    cluster.stale = dict.fromkeys(REGIONS[:2], OWN_ON)
    assert switch(cluster) == {"region": "us-west-2", "changed": True, "endpoint": "eu-west-1"}


def test_after_a_conflict_within_the_wait_period_the_states_are_read() -> None:
    cluster = FakeCluster(OWN_ON)
    cluster.stale = {"us-east-1": PEER_ON}
    assert switch(cluster)["region"] == "us-west-2"
    assert not cluster.writes


def test_a_refusal_is_an_error_with_its_reason() -> None:
    cluster = FakeCluster(PEER_ON)
    cluster.refusal = "AccessDeniedException"
    with pytest.raises(SwitchRefused, match="AccessDeniedException"):
        switch(cluster)


def test_all_rounds_end_before_the_timeout_of_the_function() -> None:
    # at most three calls for an endpoint, each until its timeout, and the pauses
    config = arc_cluster.ONE_TRY
    slowest = 3 * config.read_timeout + config.connect_timeout  # type: ignore[attr-defined]
    assert ROUNDS * 5 * slowest + (ROUNDS - 1) * PAUSE_SECONDS < 280


def test_the_pause_is_longer_than_the_wait_period_of_the_rules() -> None:
    rules = resources("global-resources.yaml", "AWS::Route53RecoveryControl::SafetyRule")
    for rule in rules.values():
        assert rule["AssertionRule"]["WaitPeriodMs"] < 1000 * PAUSE_SECONDS


def test_the_start_is_random_and_every_endpoint_is_tried() -> None:
    random.seed(1)
    five = ArcCluster(ENDPOINTS)
    orders = [five.in_random_order() for _ in range(20)]
    assert len({order[0] for order in orders}) > 1
    assert all(sorted(order) == sorted(ENDPOINTS) for order in orders)
    assert five.majority == 3


def test_each_client_is_signed_for_the_region_of_its_endpoint_and_does_not_retry() -> None:
    client = arc_cluster._client(ENDPOINTS[2])
    assert client.meta.region_name == "eu-west-1"
    assert client.meta.endpoint_url == "https://eu-west-1.example"
    assert client.meta.config.retries["total_max_attempts"] == 1


def test_endpoints_are_read_from_the_environment() -> None:
    assert parse_endpoints("a=https://a/v1,b=https://b/v1") == [
        Endpoint("a", "https://a/v1"),
        Endpoint("b", "https://b/v1"),
    ]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """The calls to ARC, at any endpoint."""
    recorded: list[tuple[str, Any]] = []

    class Client:
        def get_routing_control_state(self, RoutingControlArn: str) -> Any:  # noqa: N803
            recorded.append(("get", RoutingControlArn))
            return {"RoutingControlState": PEER_ON[RoutingControlArn]}

        def update_routing_control_states(self, UpdateRoutingControlStateEntries: Any) -> None:  # noqa: N803
            recorded.append(("set", UpdateRoutingControlStateEntries))

    monkeypatch.setattr(arc_cluster, "_client", lambda _: Client())
    return recorded


@pytest.fixture
def failover(
    state: StateTable,  # noqa: ARG001 - creates the table
    monkeypatch: pytest.MonkeyPatch,
    context: LambdaContext,
) -> Callable[..., Any]:
    """The handler in us-west-2."""
    set_environment(
        monkeypatch,
        CLUSTER_ENDPOINTS=",".join(f"{region}={url}" for region, url in ENDPOINTS),
        OWN_CONTROL_ARN="arn:own",
        PEER_CONTROL_ARN="arn:peer",
        STATE_TABLE=STATE_TABLE,
        PEER_REGION="us-east-1",
        MRAP_ARN=MRAP,
        AWS_REGION="us-west-2",
    )
    handler: Callable[..., Any] = app.handler
    return lambda **event: handler(event, context)


def test_the_handler_makes_its_own_region_active(
    failover: Callable[..., Any], calls: list[tuple[str, Any]], state: StateTable
) -> None:
    result = failover(runbook="x")
    assert (result["region"], result["changed"]) == ("us-west-2", True)
    assert calls[-1] == (
        "set",
        [
            {"RoutingControlArn": "arn:own", "RoutingControlState": "On"},
            {"RoutingControlArn": "arn:peer", "RoutingControlState": "Off"},
        ],
    )
    assert (state.note("activation") or {})["is_finished"] is True


def test_nothing_is_switched_if_the_state_table_takes_no_note(
    failover: Callable[..., Any], calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_TABLE", "missing")
    with pytest.raises(ActivationNotNoted, match="nothing was switched"):
        failover(runbook="x")
    assert [verb for verb, _ in calls] == ["get"]


def test_the_runbook_finds_a_note_of_what_was_done(
    failover: Callable[..., Any],
    calls: list[tuple[str, Any]],  # noqa: ARG001 - ARC
    state: StateTable,
) -> None:
    failover(runbook="x")
    assert (state.note("Failover of x") or {})["done"] == "yes"


def test_there_is_no_such_note_if_the_controls_were_not_set(
    failover: Callable[..., Any], state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "set_controls", raising_quorum)
    with pytest.raises(QuorumUnreachable):
        failover(runbook="x")
    assert state.note("Failover of x") is None


def raising_quorum(*_: Any) -> None:
    raise QuorumUnreachable


def test_a_repetition_notes_no_second_activation(
    failover: Callable[..., Any],
    calls: list[tuple[str, Any]],  # noqa: ARG001 - ARC
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failover(runbook="x")
    first = state.note("activation")
    monkeypatch.setitem(PEER_ON, "arn:own", "On")
    monkeypatch.setitem(PEER_ON, "arn:peer", "Off")
    assert failover(runbook="x")["changed"] is False
    assert state.note("activation") == first


def test_an_event_that_does_not_say_so_makes_no_region_active(
    failover: Callable[..., Any], calls: list[tuple[str, Any]]
) -> None:
    """A schedule calls this function, too: its event is one of EventBridge's if it has no input."""
    with pytest.raises(app.UnknownEvent, match="nothing was changed"):
        failover(source="aws.events")
    assert calls == []


@pytest.mark.parametrize(("states", "is_active"), [(OWN_ON, True), (PEER_ON, False)])
def test_a_look_notes_what_the_controls_say_and_changes_nothing(
    failover: Callable[..., Any],
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    states: dict[str, str],
    is_active: bool,
) -> None:
    cluster = FakeCluster(states)
    cluster.down = {"us-east-1", "us-west-2"}
    monkeypatch.setattr(app, "_cluster", lambda _: cluster)
    assert failover(look=True)["is_active"] is is_active
    assert (state.note("routing") or {})["is_active"] is is_active
    assert not cluster.writes


def test_a_look_that_has_no_majority_is_an_error() -> None:
    cluster = FakeCluster(OWN_ON)
    cluster.down = set(REGIONS[:3])
    with pytest.raises(QuorumUnreachable):
        have_states(cluster, OWN_ON)


@pytest.mark.parametrize(
    ("traffic", "regions"),
    [
        ("this-region", ["us-west-2"]),
        ("both-regions", ["us-west-2", "us-east-1"]),
        ("unchanged", []),
    ],
)
def test_traffic_goes_where_the_runbook_says(
    failover: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    traffic: str,
    regions: list[str],
) -> None:
    monkeypatch.setattr(app, "send_traffic_to", lambda *_: "eu-west-1")
    assert failover(traffic=traffic)["traffic"] == regions


def test_an_error_below_500_is_a_refusal_and_throttling_is_not() -> None:
    def error(code: str, status: int) -> ClientError:
        with pytest.raises(ClientError) as caught:
            raising(code, status)()
        return caught.value

    assert _refusal(error("ConflictException", 409))
    assert not _refusal(error("ThrottlingException", 429))
    assert not _refusal(error("InternalServerException", 500))
    assert not _refusal(DOWN)
