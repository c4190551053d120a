"""A cloud of two Regions with a versioned bucket in each, and stand-ins for Lambda and IAM."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from localcloud import s3
from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import Principal
from localcloud.iam import Authority
from localcloud.iam.evaluate import Decision
from localcloud.s3.mrap import MultiRegionAccessPoints
from localcloud.s3.notifications import Notifications
from localcloud.s3.replication import Replication
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

EAST, WEST = "us-east-1", "us-west-2"


@dataclass
class FakeLambda:
    """Has the functions in ``names``, and stores the events that they receive."""

    names: set[str] = field(default_factory=set)
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def invoke(
        self,
        function: str,
        payload: bytes,
        principal: Principal,
        *,
        region: str,  # noqa: ARG002 - Lambda's interface
        invocation_type: str = "RequestResponse",
    ) -> None:
        assert principal.service == "s3.amazonaws.com"
        if function not in self.names:
            raise ApiError("ResourceNotFoundException", f"Function not found: {function}", 404)
        if invocation_type == "Event":
            self.events.append((function, json.loads(payload)))


class FakeAuthority(Authority):
    """Allows everything but the actions in ``refused``."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.is_trusted = True

    def allows(
        self, _principal: Principal, action: str, _resource: str, _context: Any = None
    ) -> Decision:
        return Decision(action not in self.refused)

    def can_assume(self, *_: object) -> bool:
        return self.is_trusted


@dataclass
class World:
    cloud: Cloud
    functions: FakeLambda
    authority: FakeAuthority
    east: Any
    west: Any
    buckets: dict[str, str]
    role: str

    @property
    def replication(self) -> Replication:
        return self.cloud.get(Replication)

    @property
    def access_points(self) -> MultiRegionAccessPoints:
        return self.cloud.get(MultiRegionAccessPoints)

    def settle(self) -> None:
        assert self.replication.settled()
        assert self.cloud.get(Notifications).settled()

    def records(self) -> list[dict[str, Any]]:
        self.settle()
        return [record for _, event in self.functions.events for record in event["Records"]]

    def replicate(self, source: str, target: str, **changes: Any) -> None:
        """Put a rule for ``input/`` from the bucket of Region ``source`` to that of ``target``."""
        rule: dict[str, Any] = {
            "ID": "rule",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"Prefix": "input/"},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {
                "Bucket": f"arn:aws:s3:::{self.buckets[target]}",
                "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
                "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
            },
        }
        rule |= changes
        self.client(source).put_bucket_replication(
            Bucket=self.buckets[source],
            ReplicationConfiguration={"Role": self.role, "Rules": [rule]},
        )

    def notify(self, region: str, **configuration: Any) -> str:
        """Send events of the Region's bucket to a new function; return its ARN."""
        function = f"arn:aws:lambda:{region}:123456789012:function:f"
        self.functions.names.add(function)
        entry = {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]} | configuration
        self.client(region).put_bucket_notification_configuration(
            Bucket=self.buckets[region],
            NotificationConfiguration={"LambdaFunctionConfigurations": [entry]},
        )
        return function

    def client(self, region: str) -> Any:
        return {EAST: self.east, WEST: self.west}[region]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    s3.install(cloud)
    functions, authority = FakeLambda(), FakeAuthority()
    cloud.get(Notifications).invoke = functions.invoke
    cloud.get(Replication).authority = authority
    east, west = (cloud.clients.client("s3", region) for region in (EAST, WEST))
    buckets = {EAST: "bucket-east", WEST: "bucket-west"}
    east.create_bucket(Bucket="bucket-east")
    west.create_bucket(Bucket="bucket-west", CreateBucketConfiguration={"LocationConstraint": WEST})
    for region, client in ((EAST, east), (WEST, west)):
        client.put_bucket_versioning(
            Bucket=buckets[region], VersioningConfiguration={"Status": "Enabled"}
        )
    role = cloud.clients.client("iam", EAST).create_role(
        RoleName="replicator", AssumeRolePolicyDocument="{}"
    )["Role"]["Arn"]
    yield World(cloud, functions, authority, east, west, buckets, role)
    cloud.close()
