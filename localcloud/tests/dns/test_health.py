"""Claims about health checks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.clock import ManualClock
from localcloud.cloud import Cloud
from localcloud.dns import HealthChecks
from tests.dns.helpers import turn


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


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS", "TCP", "CLOUDWATCH_METRIC"])
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


def test_the_status_follows_the_control(client: Any, controls: list[str], cloud: Cloud) -> None:
    check = make(client, controls[0])

    def words() -> set[str]:
        status = client.get_health_check_status(HealthCheckId=check)
        observations = status["HealthCheckObservations"]
        return {o["StatusReport"]["Status"].split(":")[0] for o in observations}

    assert words() == {"Failure"}
    turn(cloud, **{controls[0]: "On"})
    cloud.clock.sleep(5)
    assert words() == {"Success"}


def test_a_calculated_check_counts_its_healthy_children(
    client: Any, controls: list[str], cloud: Cloud
) -> None:
    children = [make(client, arn, arn[-8:]) for arn in controls]
    check = client.create_health_check(
        CallerReference="c",
        HealthCheckConfig={
            "Type": "CALCULATED",
            "ChildHealthChecks": children,
            "HealthThreshold": 1,
        },
    )["HealthCheck"]["Id"]
    assert not cloud.get(HealthChecks).is_healthy(check)
    turn(cloud, **{controls[1]: "On"})
    cloud.clock.sleep(5)
    assert cloud.get(HealthChecks).is_healthy(check)


def test_arc_lists_the_checks_of_a_control(client: Any, controls: list[str], cloud: Cloud) -> None:
    check = make(client, controls[0])
    config = cloud.clients.client("route53-recovery-control-config", "us-west-2")
    listed = [
        config.list_associated_route53_health_checks(RoutingControlArn=arn)["HealthCheckIds"]
        for arn in controls
    ]
    assert listed == [[check], []]


def test_deleting_a_missing_check_is_an_error(client: Any) -> None:
    with pytest.raises(ClientError) as error:
        client.delete_health_check(HealthCheckId="none")
    assert code(error) == "NoSuchHealthCheck"
