"""Claims about the data plane of ARC and its five endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from localcloud.arc import Arc
from localcloud.arc.model import CLUSTER_REGIONS, Mode
from localcloud.cloud import Cloud
from tests.manual_clock import ManualClock

ClientAt = Callable[..., Any]


def read(client: Any, control: str) -> str:
    return str(client.get_routing_control_state(RoutingControlArn=control)["RoutingControlState"])


def write(client: Any, **states: str) -> None:
    client.update_routing_control_states(
        UpdateRoutingControlStateEntries=[
            {"RoutingControlArn": arn, "RoutingControlState": state}
            for arn, state in states.items()
        ]
    )


def turn(client: Any, control: str, state: str, override: list[str] | None = None) -> None:
    extra = {"SafetyRulesToOverride": override} if override else {}
    client.update_routing_control_state(
        RoutingControlArn=control, RoutingControlState=state, **extra
    )


def test_a_new_routing_control_is_off_at_every_endpoint(at: ClientAt, controls: list[str]) -> None:
    assert {read(at(region), controls[0]) for region in CLUSTER_REGIONS} == {"Off"}


def test_a_state_set_at_one_endpoint_is_read_at_every_other(
    at: ClientAt, controls: list[str]
) -> None:
    turn(at("eu-west-1"), controls[0], "On")
    assert {read(at(region), controls[0]) for region in CLUSTER_REGIONS} == {"On"}


def test_a_list_has_state_name_and_panel(at: ClientAt, controls: list[str]) -> None:
    turn(at(), controls[1], "On")
    listed = at("us-west-2").list_routing_controls()["RoutingControls"]
    assert [(c["RoutingControlName"], c["RoutingControlState"]) for c in listed] == [
        ("east", "Off"),
        ("west", "On"),
    ]
    assert {c["ControlPanelName"] for c in listed} == {"DefaultControlPanel"}


def test_an_unknown_control_is_not_found_and_the_error_names_it(
    at: ClientAt, controls: list[str]
) -> None:
    with pytest.raises(ClientError) as error:
        read(at(), controls[0] + "0")
    response: Any = error.value.response
    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["resourceId"] == controls[0] + "0"


def test_the_service_has_no_endpoint_of_its_own(cloud: Cloud, controls: list[str]) -> None:
    with pytest.raises(EndpointConnectionError):
        read(cloud.clients.client("route53-recovery-cluster", "us-west-2"), controls[0])


def test_more_than_ten_controls_at_once_are_refused(at: ClientAt, controls: list[str]) -> None:
    with pytest.raises(ClientError) as error:
        write(at(), **{f"{controls[0]}{i}": "On" for i in range(11)})
    assert error.value.response["Error"]["Code"] == "ServiceLimitExceededException"


# -- quorum ----------------------------------------------------------------------------------------


def switch(state: Arc, mode: Mode, *regions: str) -> None:
    for region in regions:
        state.set_endpoint(region, mode)


def test_with_two_endpoints_down_the_other_three_still_write(
    at: ClientAt, controls: list[str], state: Arc
) -> None:
    switch(state, "down", "us-east-1", "eu-west-1")
    turn(at("us-west-2"), controls[0], "On")
    assert read(at("ap-southeast-2"), controls[0]) == "On"
    with pytest.raises(EndpointConnectionError):
        read(at("us-east-1"), controls[0])


def test_with_three_endpoints_down_nothing_is_written_but_reads_still_work(
    at: ClientAt, controls: list[str], state: Arc
) -> None:
    switch(state, "down", "us-east-1", "eu-west-1", "us-west-2")
    with pytest.raises(ClientError) as error:
        turn(at("ap-southeast-2"), controls[0], "On")
    assert error.value.response["Error"]["Code"] == "EndpointTemporarilyUnavailableException"
    assert read(at("ap-southeast-2"), controls[0]) == "Off"


def test_an_endpoint_that_comes_back_has_what_it_missed(
    at: ClientAt, controls: list[str], state: Arc
) -> None:
    switch(state, "down", "us-east-1")
    turn(at("us-west-2"), controls[0], "On")
    switch(state, "up", "us-east-1")
    assert read(at("us-east-1"), controls[0]) == "On"


def test_a_stale_endpoint_reads_its_old_copy_and_writes_nothing(
    at: ClientAt, controls: list[str], state: Arc
) -> None:
    switch(state, "stale", "us-east-1")
    turn(at("us-west-2"), controls[0], "On")
    assert read(at("us-east-1"), controls[0]) == "Off"
    with pytest.raises(ClientError) as error:
        turn(at("us-east-1"), controls[0], "On")
    assert error.value.response["Error"]["Code"] == "EndpointTemporarilyUnavailableException"


def test_a_lost_reply_leaves_the_write_done(at: ClientAt, controls: list[str], state: Arc) -> None:
    switch(state, "loses_reply", "us-east-1")
    with pytest.raises(EndpointConnectionError):
        turn(at("us-east-1"), controls[0], "On")
    assert read(at("us-west-2"), controls[0]) == "On"


def test_a_slow_endpoint_answers_after_the_delay(
    at: ClientAt, controls: list[str], state: Arc, clock: ManualClock
) -> None:
    switch(state, "slow", "us-east-1")
    before = clock.now()
    assert read(at("us-east-1"), controls[0]) == "Off"
    assert clock.now() - before == state.delays.slow_endpoint


def test_an_unavailable_endpoint_is_an_error(at: ClientAt, controls: list[str], state: Arc) -> None:
    switch(state, "unavailable", "us-east-1")
    with pytest.raises(ClientError) as error:
        read(at("us-east-1"), controls[0])
    assert error.value.response["Error"]["Code"] == "EndpointTemporarilyUnavailableException"


# -- safety rules ----------------------------------------------------------------------------------


@pytest.fixture
def rule(config: Any, at: ClientAt, controls: list[str], clock: ManualClock) -> str:
    """East is On and one of the two must be; a change locks both for five seconds."""
    turn(at(), controls[0], "On")
    created = config.create_safety_rule(
        AssertionRule={
            "Name": "one-is-on",
            "ControlPanelArn": controls[0].split("/routingcontrol")[0],
            "AssertedControls": controls,
            "RuleConfig": {"Type": "ATLEAST", "Threshold": 1, "Inverted": False},
            "WaitPeriodMs": 5000,
        }
    )
    clock.sleep(60)
    return str(created["AssertionRule"]["SafetyRuleArn"])


def test_the_last_control_cannot_be_turned_off_and_the_error_names_the_rule(
    at: ClientAt, controls: list[str], rule: str
) -> None:
    with pytest.raises(ClientError) as error:
        turn(at(), controls[0], "Off")
    response: Any = error.value.response
    assert response["Error"]["Code"] == "ConflictException"
    assert rule in response["Error"]["Message"]
    assert response["resourceId"] == rule
    assert read(at(), controls[0]) == "On"


def test_both_controls_change_in_one_transaction(
    at: ClientAt, controls: list[str], rule: str
) -> None:
    assert rule
    write(at(), **{controls[0]: "Off", controls[1]: "On"})
    assert [read(at("eu-west-1"), control) for control in controls] == ["Off", "On"]


def test_a_refused_transaction_changes_nothing(
    at: ClientAt, controls: list[str], rule: str
) -> None:
    assert rule
    with pytest.raises(ClientError):
        write(at(), **{controls[0]: "Off", controls[1]: "Off"})
    assert [read(at(), control) for control in controls] == ["On", "Off"]


def test_within_the_wait_period_any_change_is_refused_and_after_it_allowed(
    at: ClientAt, controls: list[str], rule: str, clock: ManualClock
) -> None:
    assert rule
    turn(at(), controls[1], "On")
    clock.sleep(4.9)
    with pytest.raises(ClientError, match="wait period"):
        turn(at(), controls[0], "Off")
    clock.sleep(0.2)
    turn(at(), controls[0], "Off")


def test_a_named_rule_can_be_overridden(at: ClientAt, controls: list[str], rule: str) -> None:
    turn(at(), controls[0], "Off", override=[rule])
    assert read(at(), controls[0]) == "Off"


def test_overriding_a_rule_that_does_not_exist_is_an_error(
    at: ClientAt, controls: list[str], rule: str
) -> None:
    with pytest.raises(ClientError) as error:
        turn(at(), controls[0], "Off", override=[rule + "0"])
    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_a_gating_rule_is_refused_by_name(config: Any, controls: list[str]) -> None:
    gate, target = controls
    rule = {
        "Name": "gate",
        "ControlPanelArn": gate.split("/routingcontrol")[0],
        "GatingControls": [gate],
        "TargetControls": [target],
        "RuleConfig": {"Type": "OR", "Threshold": 0, "Inverted": False},
        "WaitPeriodMs": 0,
    }
    with pytest.raises(ClientError, match="does not emulate gating rules of ARC"):
        config.create_safety_rule(GatingRule=rule)
