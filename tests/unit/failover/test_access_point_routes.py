"""Traffic of the access point follows the active Region, whichever endpoint is down."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from failover import access_point_routes
from failover.access_point_routes import ENDPOINT_REGIONS, RoutesNotChanged, send_traffic_to
from tests.unit.samples import MRAP

EAST, WEST = "us-east-1", "us-west-2"


class S3Control:
    """The five endpoints, of which some are down."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.asked: list[str] = []
        self.dials: dict[str, int] = {}
        self.accounts: set[str] = set()

    def client(self, region: str) -> Any:
        control = self

        class Client:
            def submit_multi_region_access_point_routes(self, **params: Any) -> None:
                control.asked.append(region)
                if region in control.down:
                    raise EndpointConnectionError(endpoint_url=region)
                control.accounts.add(params["AccountId"])
                for update in params["RouteUpdates"]:
                    control.dials[update["Region"]] = update["TrafficDialPercentage"]

        return Client()


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch) -> S3Control:
    control = S3Control()
    monkeypatch.setattr(access_point_routes, "_client", control.client)
    return control


def test_the_other_region_gets_no_traffic_any_more(control: S3Control) -> None:
    send_traffic_to(MRAP, [WEST], [EAST])
    assert control.dials == {WEST: 100, EAST: 0}
    assert control.accounts == {"123456789012"}


def test_both_regions_get_traffic_again(control: S3Control) -> None:
    send_traffic_to(MRAP, [EAST, WEST], [])
    assert control.dials == {WEST: 100, EAST: 100}


def test_the_endpoint_of_the_region_that_may_be_lost_is_asked_last(control: S3Control) -> None:
    control.down = set(ENDPOINT_REGIONS) - {EAST}
    assert send_traffic_to(MRAP, [WEST], [EAST]) == EAST
    assert control.asked[-1] == EAST
    assert sorted(control.asked) == sorted(ENDPOINT_REGIONS)


def test_if_no_endpoint_answers_that_is_an_error_with_a_name(control: S3Control) -> None:
    control.down = set(ENDPOINT_REGIONS)
    with pytest.raises(RoutesNotChanged, match="Could not connect"):
        send_traffic_to(MRAP, [WEST], [EAST])


def test_all_tries_end_before_automation_stops_waiting() -> None:
    config = access_point_routes.ONE_TRY
    slowest = config.connect_timeout + config.read_timeout  # type: ignore[attr-defined]
    assert len(ENDPOINT_REGIONS) * slowest < 120
