"""F4: the local cloud refuses what AWS would refuse, as the deployed system shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.keys import run_id
from tests.e2e.files import known_uuids, row, text
from tests.e2e.system import System, eventually
from tools.harness.shell import CommandFailed


def test_a_missing_permission_fails_the_run_and_the_row_says_so(
    system: System, tmp_path: Path
) -> None:
    """A role whose policy lacks s3:PutObject cannot write, and nobody pretends that it did."""
    region = system.deployment.regions[0]
    function = system.client("lambda", region).get_function_configuration(
        FunctionName=f"batch-writer{system.deployment.env}"
    )
    role = function["Role"].rsplit("/", 1)[-1]
    iam = system.client("iam", region)
    deny = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=document)
    try:
        data = text([row(uuid) for uuid in known_uuids(3)]).encode()
        state = system.process("denied.csv", data, tmp_path)
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="deny")
    assert state["status"] == "FAILED"
    assert "AccessDenied" in state["reason"] or "not authorized" in state["reason"]


def test_no_call_was_answered_by_something_that_is_not_emulated(system: System) -> None:
    """The local cloud knew every operation that the deployment and the runs asked for."""
    calls = system.cloud.calls.recorded()
    assert len(calls) > 1000
    defects = ("LocalCloudNotEmulated", "InternalFailure")
    assert not [call for call in calls if call.outcome in defects]


def test_every_call_of_a_function_was_made_with_its_own_role(system: System) -> None:
    """DynamoDB saw the enricher's role, and no function used the operator's keys."""
    calls = system.cloud.calls.recorded()
    enrichers = {call.principal for call in calls if call.action == "dynamodb:BatchGetItem"}
    assert any(":assumed-role/" in caller and "nricher" in caller for caller in enrichers)
    callers = {call.principal for call in calls if call.action == "dynamodb:GetItem"}
    assert callers
    assert all(":assumed-role/" in caller for caller in callers)


@pytest.mark.parametrize(
    "options",
    [
        {"ServerSideEncryption": "aws:kms"},
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "0" * 32},
        {"StorageClass": "GLACIER"},
        {"StorageClass": "DEEP_ARCHIVE"},
    ],
    ids=["KMS", "the uploader's key", "GLACIER", "DEEP_ARCHIVE"],
)
def test_an_input_that_would_not_replicate_or_cannot_be_read_is_refused_at_the_door(
    system: System, options: dict[str, str]
) -> None:
    s3 = system.client("s3", system.deployment.regions[0])
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(
            Bucket=system.deployment.mrap_arn, Key="input/encrypted.csv", Body=b"", **options
        )


Put = Callable[[Any, str, str], Any]
PUTS: dict[str, Put] = {
    "put": lambda s3, bucket, key: s3.put_object(Bucket=bucket, Key=key, Body=b"uuid"),
    "in parts": lambda s3, bucket, key: s3.create_multipart_upload(Bucket=bucket, Key=key),
    "copy": lambda s3, bucket, key: s3.copy_object(
        Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": "input/first.csv"}
    ),
}


@pytest.mark.parametrize("put", PUTS.values(), ids=PUTS)
@pytest.mark.parametrize("key", ["orders.csv", "Input/orders.csv", " input/orders.csv"])
def test_an_upload_that_nobody_would_process_is_refused_at_the_door(
    system: System, key: str, put: Put
) -> None:
    """Through the access point, and by both buckets."""
    deployment = system.deployment
    region, other = deployment.regions
    doors = [(region, deployment.mrap_arn)] if put is not PUTS["copy"] else []
    doors += [
        (bucket_region, deployment.bucket(bucket_region)) for bucket_region in (region, other)
    ]
    for bucket_region, bucket in doors:
        with pytest.raises(ClientError, match="explicit deny in a resource-based policy") as caught:
            put(system.client("s3", bucket_region), bucket, key)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("Input/a.csv", ""),
        ("input/a.csv", "--sse aws:kms"),
        ("input/a.csv", f"--sse-c AES256 --sse-c-key {'0' * 32}"),
        ("input/a.csv", "--storage-class DEEP_ARCHIVE"),
    ],
    ids=["beside input", "KMS", "the uploader's key", "DEEP_ARCHIVE"],
)
def test_the_command_line_tells_the_uploader_why_the_door_is_shut(
    system: System, tmp_path: Path, key: str, options: str
) -> None:
    """With KMS, version 1 of the AWS CLI signs in a way that the access point refuses."""
    deployment, file = system.deployment, tmp_path / "a.csv"
    door = deployment.bucket(deployment.regions[0]) if "kms" in options else deployment.mrap_arn
    file.write_text("uuid\n")
    with pytest.raises(CommandFailed) as caught:
        system.shell.run(
            "aws", "s3", "cp", *options.split(), str(file), f"s3://{door}/{key}", quiet=True
        )
    assert "upload failed: " in str(caught.value)
    assert "AccessDenied" in str(caught.value)
    assert "explicit deny in a resource-based policy" in str(caught.value)


def test_operators_are_told_of_an_input_that_only_the_passive_region_has(system: System) -> None:
    """Somebody writes past the access point, and S3 does not replicate it."""
    active, passive = system.deployment.regions
    data = text([row(uuid) for uuid in known_uuids(1)]).encode()
    key, s3 = "input/passive.csv", system.client("s3", passive)
    system.cloud.objects.pause(source=passive, target=active)
    try:
        stored = s3.put_object(Bucket=system.deployment.bucket(passive), Key=key, Body=data)
        run = run_id(key, stored["VersionId"])
        _age(system, passive, run)
        for region, state in ((passive, "ARRIVED"), (active, "missing")):
            _watch(system, region)
            (file,) = [file for file in _told(system, region) if file["run_id"] == run]
            assert (file["key"], file["region"], file["state"]) == (key, passive, state)
    finally:
        system.cloud.objects.resume(source=passive, target=active)
    assert system.finish("passive.csv")["status"] == "COMPLETED"


def _age(system: System, region: str, run: str) -> None:
    """Let the arrival be one of three hours ago, in both copies of the table."""
    table, owner = system.deployment.state_table, f"{region}/{run}"
    eventually(lambda: bool(_times(system, region, owner)), f"{region} notes the arrival")
    began = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="milliseconds")
    system.client("dynamodb", region).update_item(
        TableName=table,
        Key={"owner": {"S": owner}, "item": {"S": "arrival"}},
        UpdateExpression="SET started_at = :began",
        ExpressionAttributeValues={":began": {"S": began}},
    )
    other = next(name for name in system.deployment.regions if name != region)
    eventually(lambda: _times(system, other, owner) == [began], f"{other} has the arrival")


def _times(system: System, region: str, owner: str) -> list[str]:
    items = system.cloud.table_items(system.deployment.state_table, region)
    return [str(item["started_at"]) for item in items if item["owner"] == owner]


def _watch(system: System, region: str) -> None:
    response = system.client("lambda", region).invoke(
        FunctionName=system.deployment.function("watcher"), Payload="{}"
    )
    assert "FunctionError" not in response, response["Payload"].read()


def _told(system: System, region: str) -> list[dict[str, str]]:
    """The files that the operators of a Region were told of."""
    messages = system.messages_to_operators(region)
    reports = [json.loads(message) for message in messages if '"seen_from"' in message]
    return [file for report in reports for file in report["files"]]
