"""Failover sets what is wanted, whatever the endpoints do meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from failover import app
from failover import arc_cluster as cluster
from failover.arc_cluster import Cluster, Endpoint, parse_endpoints
from failover.routing_controls import QuorumUnreachable, SwitchRefused, make_active
from tests.unit.support import failing, given

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"]
ENDPOINTS = [Endpoint(region, f"https://{region}.example") for region in REGIONS]
WANTED = {"arn:own": "On", "arn:peer": "Off"}
OTHERWISE = {"arn:own": "Off", "arn:peer": "On"}
DOWN = EndpointConnectionError(endpoint_url="https://arc")
LOST = ReadTimeoutError(endpoint_url="https://arc")


class Arc:
    """Five endpoints with one state. `trouble` says what an endpoint does before it works."""

    def __init__(self, state: dict[str, str]) -> None:
        self.state = dict(state)
        self.stale: dict[str, dict[str, str]] = {}
        self.down: set[str] = set()
        self.loses_reply: set[str] = set()
        self.refuses: str = ""
        self.writes: list[dict[str, str]] = []
        self.order = list(ENDPOINTS)
        self.majority = 3

    def in_random_order(self) -> list[Endpoint]:
        return self.order

    def are(self, endpoint: Endpoint, wanted: Any) -> bool:
        if endpoint.region in self.down:
            raise DOWN
        return self.stale.get(endpoint.region, self.state) == dict(wanted)

    def set(self, endpoint: Endpoint, wanted: Any) -> None:
        if self.refuses:
            failing(self.refuses)()
        changed = self.state != dict(wanted)
        if not changed:
            failing("ConflictException", 409)()  # within the rules' wait period
        self.writes.append(dict(wanted))
        self.state = dict(wanted)
        if endpoint.region in self.loses_reply:
            raise LOST


def switch(arc: Arc) -> Any:
    return make_active(arc, "us-west-2", WANTED, sleep=lambda _: None)


def test_both_controls_are_set_in_one_write() -> None:
    arc = Arc(OTHERWISE)
    assert switch(arc) == {"region": "us-west-2", "changed": True, "endpoint": "us-east-1"}
    assert arc.writes == [WANTED]


def test_defect_7_what_is_as_wanted_is_left_alone() -> None:
    arc = Arc(WANTED)
    assert switch(arc)["changed"] is False
    assert not arc.writes


def test_defect_7_twice_is_not_back() -> None:
    arc = Arc(OTHERWISE)
    assert [switch(arc)["changed"], switch(arc)["changed"]] == [True, False]
    assert arc.state == WANTED


def test_defect_7_a_lost_reply_is_followed_by_reading() -> None:
    arc = Arc(OTHERWISE)
    arc.loses_reply = set(REGIONS)
    assert switch(arc)["changed"] is True
    assert arc.writes == [WANTED]


@pytest.mark.parametrize("down", [["us-east-1"], ["us-east-1", "us-west-2"]])
def test_endpoints_that_are_down_are_passed_by(down: list[str]) -> None:
    arc = Arc(OTHERWISE)
    arc.down = set(down)
    assert switch(arc)["endpoint"] not in down
    assert switch(arc)["changed"] is False


def test_defect_8_all_endpoints_down_is_an_error_with_a_name() -> None:
    arc = Arc(OTHERWISE)
    arc.down = set(REGIONS)
    with pytest.raises(QuorumUnreachable):
        switch(arc)


def test_defect_8_a_minority_that_agrees_is_not_believed() -> None:
    arc = Arc(WANTED)
    arc.down = set(REGIONS[:3])
    with pytest.raises(QuorumUnreachable, match="2 endpoints agree, 3 are needed"):
        switch(arc)


def test_an_endpoint_that_answers_an_older_state_does_not_settle_it() -> None:
    arc = Arc(OTHERWISE)
    arc.stale = dict.fromkeys(REGIONS[:2], WANTED)
    assert switch(arc) == {"region": "us-west-2", "changed": True, "endpoint": "eu-west-1"}


def test_a_conflict_within_the_wait_period_is_followed_by_reading() -> None:
    arc = Arc(WANTED)
    arc.stale = {"us-east-1": OTHERWISE}
    assert switch(arc)["region"] == "us-west-2"
    assert not arc.writes


def test_a_refusal_is_an_error_that_says_why() -> None:
    arc = Arc(OTHERWISE)
    arc.refuses = "AccessDeniedException"
    with pytest.raises(SwitchRefused, match="AccessDeniedException"):
        switch(arc)


def test_it_ends_before_lambda_ends_it() -> None:
    # three calls an endpoint at most, each as long as it may take, and the pauses
    config = cluster.IMPATIENT
    slowest = 3 * config.read_timeout + config.connect_timeout  # type: ignore[attr-defined]
    from failover.routing_controls import PAUSE_SECONDS, ROUNDS

    assert ROUNDS * 5 * slowest + (ROUNDS - 1) * PAUSE_SECONDS < 280


def test_the_pause_is_longer_than_the_wait_period_of_the_rules() -> None:
    from failover.routing_controls import PAUSE_SECONDS
    from tests.templates.loading import resources

    rules = resources("global-resources.yaml", "AWS::Route53RecoveryControl::SafetyRule")
    for rule in rules.values():
        assert rule["AssertionRule"]["WaitPeriodMs"] < 1000 * PAUSE_SECONDS


def test_the_start_is_random_and_every_endpoint_is_tried() -> None:
    random.seed(1)
    five = Cluster(ENDPOINTS)
    orders = [five.in_random_order() for _ in range(20)]
    assert len({order[0] for order in orders}) > 1
    assert all(sorted(order) == sorted(ENDPOINTS) for order in orders)
    assert five.majority == 3


def test_each_client_is_signed_for_the_region_of_its_endpoint_and_does_not_retry() -> None:
    client = cluster._client(ENDPOINTS[2])
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
    """What is asked of ARC, at any endpoint."""
    made: list[tuple[str, Any]] = []

    class Client:
        def get_routing_control_state(self, RoutingControlArn: str) -> Any:  # noqa: N803
            made.append(("get", RoutingControlArn))
            return {"RoutingControlState": OTHERWISE[RoutingControlArn]}

        def update_routing_control_states(self, UpdateRoutingControlStateEntries: Any) -> None:  # noqa: N803
            made.append(("set", UpdateRoutingControlStateEntries))

    monkeypatch.setattr(cluster, "_client", lambda _: Client())
    return made


def test_the_handler_makes_its_own_region_active(
    monkeypatch: pytest.MonkeyPatch, context: LambdaContext, calls: list[tuple[str, Any]]
) -> None:
    listed = ",".join(f"{one.region}={one.url}" for one in ENDPOINTS)
    given(
        monkeypatch,
        app.settings,
        CLUSTER_ENDPOINTS=listed,
        OWN_CONTROL_ARN="arn:own",
        PEER_CONTROL_ARN="arn:peer",
        AWS_REGION="us-west-2",
    )
    handler: Callable[..., Any] = app.handler
    done = handler({}, context)
    assert (done["region"], done["changed"]) == ("us-west-2", True)
    assert calls[-1] == (
        "set",
        [
            {"RoutingControlArn": "arn:own", "RoutingControlState": "On"},
            {"RoutingControlArn": "arn:peer", "RoutingControlState": "Off"},
        ],
    )


def test_an_error_below_500_is_a_refusal_and_throttling_is_not() -> None:
    from failover.routing_controls import _refusal

    def error(code: str, status: int) -> ClientError:
        with pytest.raises(ClientError) as caught:
            failing(code, status)()
        return caught.value

    assert _refusal(error("ConflictException", 409))
    assert not _refusal(error("ThrottlingException", 429))
    assert not _refusal(error("InternalServerException", 500))
    assert not _refusal(DOWN)
