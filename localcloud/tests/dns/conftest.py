"""A cloud with Route 53, VPCs, a private zone and routing controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dns.message
import pytest

from localcloud import arc
from localcloud import dns as route53
from localcloud.cloud import Cloud, new_cloud
from localcloud.dns import VpcResolver
from localcloud.settings import Settings
from tests.dns.helpers import SESSION, ZONE, make_vpc
from tests.manual_clock import ManualClock

Ask = Callable[..., dns.message.Message]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cloud(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # a third of each test's time
    cloud = new_cloud(Settings(state_dir=tmp_path), clock)
    cloud.clients._session = SESSION  # keeps the service models it has read
    arc.install(cloud)
    route53.install(cloud)
    yield cloud
    cloud.close()


@pytest.fixture
def client(cloud: Cloud) -> Any:
    return cloud.clients.client("route53", "us-east-1")


@pytest.fixture
def vpc(cloud: Cloud) -> str:
    return make_vpc(cloud)


@pytest.fixture
def zone(client: Any, vpc: str) -> str:
    created = client.create_hosted_zone(
        Name=ZONE, CallerReference="r", VPC={"VPCRegion": "us-east-1", "VPCId": vpc}
    )
    return str(created["HostedZone"]["Id"].split("/")[-1])


@pytest.fixture
def ask(cloud: Cloud, vpc: str) -> Ask:
    """Ask the resolver of a VPC, without sockets."""

    def ask(name: str, kind: str = "TXT", at: str = vpc) -> dns.message.Message:
        return cloud.get(VpcResolver).answer(at, dns.message.make_query(name, kind))

    return ask


@pytest.fixture
def controls(cloud: Cloud, clock: ManualClock) -> list[str]:
    config = cloud.clients.client("route53-recovery-control-config", "us-west-2")
    cluster = config.create_cluster(ClusterName="one")["Cluster"]["ClusterArn"]
    clock.sleep(60)
    arns = []
    for name in ("east", "west"):
        created = config.create_routing_control(ClusterArn=cluster, RoutingControlName=name)
        arns.append(created["RoutingControl"]["RoutingControlArn"])
        clock.sleep(60)
    return arns
