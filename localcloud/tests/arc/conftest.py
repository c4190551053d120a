"""A cloud with Application Recovery Controller, a cluster and two routing controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from localcloud import arc
from localcloud.arc import Arc
from localcloud.cloud import Cloud, new_cloud
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

ClientAt = Callable[..., Any]
SESSION = botocore.session.Session()  # keeps the service models it has read


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cloud(tmp_path: Path, clock: ManualClock) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(state_dir=tmp_path), clock)
    arc.install(cloud)
    yield cloud
    cloud.close()


@pytest.fixture
def state(cloud: Cloud) -> Arc:
    return cloud.get(Arc)


@pytest.fixture
def config(cloud: Cloud) -> Any:
    return cloud.clients.client("route53-recovery-control-config", "us-west-2")


@pytest.fixture
def cluster(config: Any, clock: ManualClock) -> dict[str, Any]:
    """A deployed cluster."""
    created = config.create_cluster(ClusterName="one")["Cluster"]
    clock.sleep(60)
    described: dict[str, Any] = config.describe_cluster(ClusterArn=created["ClusterArn"])["Cluster"]
    return described


@pytest.fixture
def controls(config: Any, cluster: dict[str, Any], clock: ManualClock) -> list[str]:
    """Two deployed routing controls in the default control panel."""
    arns = []
    for name in ("east", "west"):
        created = config.create_routing_control(
            ClusterArn=cluster["ClusterArn"], RoutingControlName=name
        )
        arns.append(created["RoutingControl"]["RoutingControlArn"])
        clock.sleep(60)
    return arns


@pytest.fixture
def at(cloud: Cloud, cluster: dict[str, Any]) -> ClientAt:
    """A data-plane client for the cluster's endpoint in a Region."""
    urls = {e["Region"]: e["Endpoint"] for e in cluster["ClusterEndpoints"]}
    keys = cloud.principals.admin_credentials

    def client(region: str = "us-east-1") -> Any:
        boto_client = SESSION.create_client(
            "route53-recovery-cluster",
            region_name=region,
            endpoint_url=urls[region],
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            config=Config(retries={"max_attempts": 0}),
        )
        send: Any = cloud.clients._send
        boto_client.meta.events.register_first("before-send", send)
        return boto_client

    return client
