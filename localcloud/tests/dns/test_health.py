"""Claims about health checks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.dns import HealthChecks
from tests.dns.helpers import turn
from tests.manual_clock import ManualClock


def make(client: Any, arn: str, reference: str = "r", **config: Any) -> str:
    created = client.create_health_check(
        CallerReference=reference,
        HealthCheckConfig={"Type": "RECOVERY_CONTROL", "RoutingControlArn": arn, **config},
    )
    return str(created["HealthCheck"]["Id"])


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_check_keeps_its_routing_control_and_shows_no_port(
    client: Any, controls: list[str]
) -> None:
    check = make(client, controls[0])
    expected = {
        "Type": "RECOVERY_CONTROL",
        "RoutingControlArn": controls[0],
        "Inverted": False,
        "Disabled": False,
    }
    described = client.get_health_check(HealthCheckId=check)["HealthCheck"]
    assert described["HealthCheckConfig"] == expected
    listed = client.list_health_checks()["HealthChecks"]
    assert [c["HealthCheckConfig"] for c in listed] == [expected]


def test_a_check_of_no_routing_control_is_refused(client: Any, controls: list[str]) -> None:
    with pytest.raises(ClientError) as error:
        make(client, controls[0] + "0")
    assert code(error) == "InvalidInput"


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS", "TCP", "CLOUDWATCH_METRIC", "CALCULATED"])
def test_a_check_that_is_not_emulated_is_refused_by_name(client: Any, kind: str) -> None:
    with pytest.raises(ClientError, match=kind) as error:
        client.create_health_check(CallerReference="r", HealthCheckConfig={"Type": kind})
    assert code(error) == "LocalCloudNotEmulated"


def test_a_caller_reference_gives_the_same_check_again_and_no_other(
    client: Any, controls: list[str]
) -> None:
    check = make(client, controls[0])
    assert make(client, controls[0]) == check
    with pytest.raises(ClientError) as error:
        make(client, controls[1])
    assert code(error) == "HealthCheckAlreadyExists"
    client.delete_health_check(HealthCheckId=check)
    with pytest.raises(ClientError) as error:
        make(client, controls[0])
    assert code(error) == "HealthCheckAlreadyExists"


def test_a_check_follows_its_control_after_the_propagation_delay(
    client: Any, controls: list[str], cloud: Cloud, clock: ManualClock
) -> None:
    health = cloud.get(HealthChecks)
    check = make(client, controls[0])
    assert not health.is_healthy(check)
    turn(cloud, **{controls[0]: "On"})
    clock.sleep(1.9)
    assert not health.is_healthy(check)
    clock.sleep(0.2)
    assert health.is_healthy(check)


def test_inverted_and_disabled_turn_the_status_around(
    client: Any, controls: list[str], cloud: Cloud
) -> None:
    health = cloud.get(HealthChecks)
    check = make(client, controls[0], Inverted=True)
    assert health.is_healthy(check)
    client.update_health_check(HealthCheckId=check, Disabled=True)
    assert not health.is_healthy(check), "disabled counts as healthy, and that is inverted"
    updated = client.update_health_check(HealthCheckId=check, Inverted=False)["HealthCheck"]
    assert health.is_healthy(check)
    assert updated["HealthCheckVersion"] == 3


def test_an_update_cannot_set_what_the_type_does_not_have(client: Any, controls: list[str]) -> None:
    with pytest.raises(ClientError) as error:
        client.update_health_check(HealthCheckId=make(client, controls[0]), Port=80)
    assert code(error) == "InvalidInput"


def test_deleting_a_missing_check_is_an_error(client: Any) -> None:
    with pytest.raises(ClientError) as error:
        client.delete_health_check(HealthCheckId="none")
    assert code(error) == "NoSuchHealthCheck"
