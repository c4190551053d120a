"""deployment/deployer/teardown.py, buckets.py: everything is deleted, in any state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from deployment.deployer import stacks, teardown
from deployment.deployer.aws import Aws
from deployment.deployer.buckets import empty, stop_events
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Stack
from deployment.deployer.teardown import Teardown
from tests.deployment.fakes import FakeAws, failing_paginator, plan

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION = "us-east-1"
BUCKET = "batch-unit"
PLAN = plan()


@pytest.fixture
def s3(moto: None) -> S3Client:  # noqa: ARG001 - runs first
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


def test_a_bucket_is_emptied_of_versions_markers_and_unfinished_uploads(s3: S3Client) -> None:
    for _ in range(3):
        s3.put_object(Bucket=BUCKET, Key="input/a", Body=b"")
    s3.delete_object(Bucket=BUCKET, Key="input/a")
    s3.create_multipart_upload(Bucket=BUCKET, Key="input/big")
    empty(Aws(), BUCKET, REGION)
    remaining = s3.list_object_versions(Bucket=BUCKET)
    assert "Versions" not in remaining
    assert "DeleteMarkers" not in remaining
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_only_keys_with_the_prefix_are_deleted(s3: S3Client) -> None:
    for key in ("batch-x/a", "batch-xy/a"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    empty(Aws(), BUCKET, REGION, "batch-x/")
    assert [version["Key"] for version in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [
        "batch-xy/a"
    ]


@pytest.mark.usefixtures("s3")
def test_a_missing_bucket_is_no_error() -> None:
    stop_events(Aws(), "none", REGION)
    empty(Aws(), "none", REGION)


def new_teardown(**stepfunctions: Any) -> tuple[Teardown, FakeAws]:
    aws = FakeAws(
        sts={"get_caller_identity": lambda: {"Account": "123456789012"}},
        stepfunctions=stepfunctions,
    )
    return Teardown(aws, PLAN), aws


@pytest.fixture(autouse=True)
def _partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teardown, "_partition", lambda _client: "aws")


def test_files_in_flight_are_counted_in_both_regions() -> None:
    page = {"executions": [{"executionArn": "one"}, {"executionArn": "two"}]}
    deployed, aws = new_teardown(list_executions=lambda **_: [page])
    assert deployed.running_count() == 4
    arns = [params["stateMachineArn"] for params in aws.called("list_executions")]
    assert arns[0] == "arn:aws:states:eu-west-1:123456789012:stateMachine:MainOrchestrator-x"


def test_without_a_state_machine_nothing_is_in_flight() -> None:
    deployed, _ = new_teardown(list_executions=failing_paginator("StateMachineDoesNotExist", "no"))
    assert deployed.running_count() == 0


def test_events_are_turned_off_before_executions_are_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    monkeypatch.setattr(teardown, "stop_events", lambda *_: order.append("stop events"))
    page = {"executions": [{"executionArn": "one"}]}
    deployed, _ = new_teardown(
        list_executions=lambda **_: [page], stop_execution=lambda **_: order.append("stop")
    )
    deployed._stop_work()
    assert order == ["stop events", "stop events", "stop", "stop"]


def test_a_replica_that_arrives_late_is_deleted_by_a_second_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []

    def delete(_aws: Any, _stack: Stack) -> None:
        order.append("delete")
        if order.count("delete") == 1:
            raise DeployError("The bucket is not empty")

    monkeypatch.setattr(stacks, "delete", delete)
    monkeypatch.setattr(teardown, "empty", lambda *_: order.append("empty"))
    monkeypatch.setattr(teardown, "delete_interfaces", lambda *_: order.append("interfaces"))
    deployed, _ = new_teardown()
    deployed._delete_foundation(PLAN.foundations[0])
    assert order == ["interfaces", "empty", "delete", "empty", "delete"]
