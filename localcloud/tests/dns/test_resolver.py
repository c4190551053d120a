"""Claims about the resolver of a VPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from localcloud.clock import ScaledClock
from localcloud.cloud import Cloud
from localcloud.dns import HealthChecks, VpcResolver
from localcloud.testing import Dns
from tests.dns.helpers import ZONE, change, make_vpc, record, turn, values
from tests.manual_clock import ManualClock

Ask = Callable[..., dns.message.Message]


def test_a_record_answers_in_an_associated_vpc(client: Any, zone: str, ask: Ask) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"us-east-1"')))
    assert values(ask(f"a.{ZONE}")) == ['"us-east-1"']
    assert values(ask(f"A.{ZONE.upper()}.")) == ['"us-east-1"'], "names have no case"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("A", "10.0.0.7"), ("AAAA", "fd00::7"), ("TXT", '"x" "y"')],
)
def test_each_type_answers_with_its_value(
    client: Any, zone: str, ask: Ask, kind: str, value: str
) -> None:
    change(client, zone, ("CREATE", record("a", kind, value)))
    assert values(ask(f"a.{ZONE}", kind)) == [value]


def test_a_vpc_that_is_not_associated_does_not_see_the_zone(
    client: Any, zone: str, ask: Ask, cloud: Cloud
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"x"')))
    assert ask(f"a.{ZONE}", at=make_vpc(cloud)).rcode() == dns.rcode.NXDOMAIN


def test_without_dns_hostnames_private_zones_do_not_answer(
    client: Any, zone: str, ask: Ask, cloud: Cloud
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"x"')))
    west = make_vpc(cloud, "us-west-2", hostnames=False)
    client.associate_vpc_with_hosted_zone(
        HostedZoneId=zone, VPC={"VPCRegion": "us-west-2", "VPCId": west}
    )
    assert ask(f"a.{ZONE}", at=west).rcode() == dns.rcode.NXDOMAIN
    ec2 = cloud.clients.client("ec2", "us-west-2")
    ec2.modify_vpc_attribute(VpcId=west, EnableDnsHostnames={"Value": True})
    assert values(ask(f"a.{ZONE}", at=west)) == ['"x"']


def test_without_dns_support_nothing_answers(
    client: Any, zone: str, ask: Ask, cloud: Cloud, vpc: str
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"x"')))
    ec2 = cloud.clients.client("ec2", "us-east-1")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    assert ask(f"a.{ZONE}").rcode() == dns.rcode.REFUSED


def test_a_name_outside_our_zones_is_refused(zone: str, ask: Ask) -> None:
    assert zone
    assert ask("example.com", "A").rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize(
    ("name", "rcode"),
    [
        ("none", dns.rcode.NXDOMAIN),
        ("b.a", dns.rcode.NOERROR),
        ("c.b.a", dns.rcode.NOERROR),
        ("d.c.b.a", dns.rcode.NXDOMAIN),
    ],
)
def test_a_negative_answer_tells_whether_the_name_exists_and_has_the_soa(
    client: Any, zone: str, ask: Ask, name: str, rcode: int
) -> None:
    change(client, zone, ("CREATE", record("c.b.a", "A", "10.0.0.1")))
    response = ask(f"{name}.{ZONE}")
    assert response.rcode() == rcode
    assert not response.answer
    assert [rrset.rdtype for rrset in response.authority] == [dns.rdatatype.SOA]


def test_an_answer_is_kept_for_its_ttl_as_the_resolver_of_aws_does(
    client: Any, zone: str, ask: Ask, clock: ManualClock
) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"old"')))
    ask(f"a.{ZONE}")
    change(client, zone, ("UPSERT", record("a", "TXT", '"new"')))
    clock.sleep(59)
    assert values(ask(f"a.{ZONE}")) == ['"old"']
    clock.sleep(2)
    assert values(ask(f"a.{ZONE}")) == ['"new"']


def test_a_frozen_region_keeps_its_answers_beyond_their_ttl(
    client: Any, zone: str, ask: Ask, cloud: Cloud, clock: ManualClock
) -> None:
    faults = Dns(cloud)
    change(client, zone, ("CREATE", record("a", "TXT", '"old"')))
    ask(f"a.{ZONE}")
    faults.freeze("us-east-1")
    change(client, zone, ("UPSERT", record("a", "TXT", '"new"')))
    clock.sleep(1000)
    assert values(ask(f"a.{ZONE}")) == ['"old"']
    faults.mend("us-east-1")
    assert values(ask(f"a.{ZONE}")) == ['"new"']


def test_a_silent_region_answers_nothing_and_others_answer(
    client: Any, zone: str, ask: Ask, cloud: Cloud
) -> None:
    faults = Dns(cloud)
    change(client, zone, ("CREATE", record("a", "TXT", '"x"')))
    faults.silence("us-east-1")
    faults.silence("us-west-2")
    assert ask(f"a.{ZONE}").rcode() == dns.rcode.SERVFAIL
    faults.mend("us-east-1")
    assert values(ask(f"a.{ZONE}")) == ['"x"']


def test_the_ttl_is_scaled_as_every_wait_is(client: Any, zone: str, cloud: Cloud, vpc: str) -> None:
    change(client, zone, ("CREATE", record("a", "TXT", '"x"')))
    resolver = VpcResolver(cloud.get(HealthChecks), ScaledClock(0.5))
    answer = resolver.answer(vpc, dns.message.make_query(f"a.{ZONE}", "TXT"))
    assert answer.answer[0].ttl == 30


# -- routing policies ------------------------------------------------------------------------------


@pytest.fixture
def failover(client: Any, zone: str, controls: list[str]) -> list[str]:
    """A failover pair whose health follows two routing controls, of which the first is On."""
    checks = [
        client.create_health_check(
            CallerReference=arn[-64:],
            HealthCheckConfig={"Type": "RECOVERY_CONTROL", "RoutingControlArn": arn},
        )["HealthCheck"]["Id"]
        for arn in controls
    ]
    for role, value, check in zip(("PRIMARY", "SECONDARY"), "ew", checks, strict=True):
        record_set = record(
            "a", "TXT", f'"{value}"', SetIdentifier=role, Failover=role, HealthCheckId=check, TTL=0
        )
        change(client, zone, ("CREATE", record_set))
    return controls


@pytest.mark.parametrize(
    ("east", "west", "answer"),
    [("On", "Off", "e"), ("Off", "On", "w"), ("On", "On", "e"), ("Off", "Off", "e")],
)
def test_failover_answers_primary_then_secondary_then_primary_after_all(
    failover: list[str], cloud: Cloud, ask: Ask, east: str, west: str, answer: str
) -> None:
    turn(cloud, **dict(zip(failover, (east, west), strict=True)))
    cloud.clock.sleep(5)
    assert values(ask(f"a.{ZONE}")) == [f'"{answer}"']


def test_a_changed_control_shows_after_the_propagation_delay(
    failover: list[str], cloud: Cloud, ask: Ask, clock: ManualClock
) -> None:
    turn(cloud, **{failover[0]: "On", failover[1]: "Off"})
    clock.sleep(60)
    turn(cloud, **{failover[0]: "Off", failover[1]: "On"})
    clock.sleep(1.9)
    assert values(ask(f"a.{ZONE}")) == ['"e"']
    clock.sleep(0.2)
    assert values(ask(f"a.{ZONE}")) == ['"w"']


def test_a_secondary_without_health_check_answers_whenever_the_primary_is_unhealthy(
    client: Any, zone: str, controls: list[str], ask: Ask
) -> None:
    check = client.create_health_check(
        CallerReference="r",
        HealthCheckConfig={"Type": "RECOVERY_CONTROL", "RoutingControlArn": controls[0]},
    )["HealthCheck"]["Id"]
    primary = {"SetIdentifier": "p", "Failover": "PRIMARY", "HealthCheckId": check}
    secondary = {"SetIdentifier": "s", "Failover": "SECONDARY"}
    change(client, zone, ("CREATE", record("a", "TXT", '"p"', **primary)))
    change(client, zone, ("CREATE", record("a", "TXT", '"s"', **secondary)))
    assert values(ask(f"a.{ZONE}")) == ['"s"']
