"""deployment/deployer/destroy.py, buckets.py: everything goes, in any state."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from deployment.deployer import __main__ as command_line
from deployment.deployer import destroy, stacks
from deployment.deployer.api_logs import forget_unused
from deployment.deployer.buckets import empty, silence
from deployment.deployer.cloud import Cloud
from deployment.deployer.plan import Stack, Stopped
from tests.deployment.fakes import FakeCloud, fail_while_paging, plan

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION = "us-east-1"
BUCKET = "batch-unit"
PLAN = plan()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


def test_a_bucket_is_emptied_of_versions_markers_and_unfinished_uploads(s3: S3Client) -> None:
    for _ in range(3):
        s3.put_object(Bucket=BUCKET, Key="input/a", Body=b"")
    s3.delete_object(Bucket=BUCKET, Key="input/a")
    s3.create_multipart_upload(Bucket=BUCKET, Key="input/big")
    empty(Cloud(), BUCKET, REGION)
    left = s3.list_object_versions(Bucket=BUCKET)
    assert "Versions" not in left
    assert "DeleteMarkers" not in left
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_only_what_begins_so_goes(s3: S3Client) -> None:
    for key in ("batch-x/a", "batch-xy/a"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    empty(Cloud(), BUCKET, REGION, "batch-x/")
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["batch-xy/a"]


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_gone_already_is_no_error() -> None:
    silence(Cloud(), "none", REGION)
    empty(Cloud(), "none", REGION)


def removal(**states: Any) -> tuple[destroy.Removal, FakeCloud]:
    cloud = FakeCloud(
        sts={"get_caller_identity": lambda: {"Account": "123456789012"}},
        stepfunctions=states,
    )
    return destroy.Removal(cloud, PLAN), cloud


@pytest.fixture(autouse=True)
def one_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destroy, "_partition", lambda _client: "aws")


def test_files_in_flight_are_counted_in_both_regions() -> None:
    page = {"executions": [{"executionArn": "one"}, {"executionArn": "two"}]}
    made, cloud = removal(list_executions=lambda **_: [page])
    assert made.in_flight() == 4
    arns = [given["stateMachineArn"] for name, given in cloud.calls if name == "list_executions"]
    assert arns[0] == "arn:aws:states:eu-west-1:123456789012:stateMachine:MainOrchestrator-x"


def test_without_a_state_machine_nothing_is_in_flight() -> None:
    made, _ = removal(list_executions=fail_while_paging("StateMachineDoesNotExist", "no"))
    assert made.in_flight() == 0


def test_events_are_silenced_before_what_runs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(destroy, "silence", lambda *_: order.append("silence"))
    page = {"executions": [{"executionArn": "one"}]}
    made, _ = removal(
        list_executions=lambda **_: [page], stop_execution=lambda **_: order.append("stop")
    )
    made._stop_work()
    assert order == ["silence", "silence", "stop", "stop"]


def test_a_replica_that_arrives_late_is_removed_with_a_second_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []

    def delete(_cloud: Any, _stack: Stack) -> None:
        order.append("delete")
        if order.count("delete") == 1:
            raise Stopped("The bucket is not empty")

    monkeypatch.setattr(stacks, "delete", delete)
    monkeypatch.setattr(destroy, "empty", lambda *_: order.append("empty"))
    monkeypatch.setattr(destroy, "log_roles", lambda *_: [])
    monkeypatch.setattr(destroy, "forget_unused", lambda *_: None)
    made, _ = removal()
    made._foundation(PLAN.foundations[0])
    assert order == ["empty", "delete", "empty", "delete"]


@pytest.mark.usefixtures("s3")
def test_of_api_gateways_log_roles_only_the_one_in_use_stays() -> None:
    iam = boto3.client("iam")
    for role in ("used", "old"):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    arn = iam.get_role(RoleName="used")["Role"]["Arn"]
    cloud = Cloud()
    cloud.client("apigateway", REGION).update_account(
        patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
    )
    forget_unused(cloud, REGION, ["used", "old", "rolled-back"])
    assert [one["RoleName"] for one in iam.list_roles()["Roles"]] == ["used"]


def test_destroying_asks_first_and_only_yes_is_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.setattr(destroy.Removal, "__init__", lambda *_: None)
    monkeypatch.setattr(destroy.Removal, "in_flight", lambda _: 1)
    monkeypatch.setattr(destroy.Removal, "run", lambda _: removed.append("all"))

    def destroy_all(answer: str | None, *, force: bool = False) -> None:
        def asked(_question: str) -> str:
            if answer is None:
                raise EOFError
            return answer

        monkeypatch.setattr("builtins.input", asked)
        command_line._destroy_all(Cloud(), PLAN, Namespace(force=force))

    for answer in ("no", "", "y"):
        with pytest.raises(Stopped, match=r"Nothing was deleted\."):
            destroy_all(answer)
    with pytest.raises(Stopped, match="nobody is there to ask"):
        destroy_all(None)
    assert removed == []
    destroy_all("yes")
    destroy_all(None, force=True)
    assert removed == ["all", "all"]
