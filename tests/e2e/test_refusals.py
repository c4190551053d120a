"""F4: the local cloud refuses what AWS would refuse, as the deployed system shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.e2e.files import known_uuids, row, text
from tests.e2e.system import System


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
    callers = {call.principal for call in calls if call.action == "dynamodb:GetItem"}
    assert any("nricher" in caller for caller in callers)
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
