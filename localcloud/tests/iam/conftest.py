"""A cloud with IAM alone, and roles with the permissions that a test needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import iam
from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.principals import Principal, role_session
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

ACCOUNT = "123456789012"
BUCKET = "arn:aws:s3:::b-1"
MakeRole = Callable[..., Principal]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cloud(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    cloud = new_cloud(Settings(tmp_path), clock)
    iam.install(cloud)
    yield cloud
    cloud.close()


@pytest.fixture
def role(cloud: Cloud) -> MakeRole:
    """``role(statement, …)``: a session of a new role ``r`` with these statements."""

    def make(
        *statements: dict[str, Any], trust: Any = None, name: str = "r", **origin: Any
    ) -> Principal:
        client = cloud.clients.client("iam", "us-east-1")
        trusts = trust or {"Service": "lambda.amazonaws.com"}
        client.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=_document(
                {"Effect": "Allow", "Principal": trusts, "Action": "sts:AssumeRole"}
            ),
        )
        if statements:
            client.put_role_policy(
                RoleName=name, PolicyName="p", PolicyDocument=_document(*statements)
            )
        return role_session(f"arn:aws:iam::{ACCOUNT}:role/{name}", "session", **origin)

    return make


def allow(action: str | list[str], resource: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def s3(cloud: Cloud) -> Any:
    """The operator's client; the bucket b-1 exists, with one object."""
    client = cloud.clients.client("s3", "us-east-1")
    client.create_bucket(Bucket="b-1")
    client.put_object(Bucket="b-1", Key="in/k", Body=b"content")
    return client


def client_of(cloud: Cloud, service: str, principal: Principal) -> Any:
    return cloud.clients.client(service, "us-east-1", principal)


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str, int]:
    response = error.value.response
    return (
        response["Error"]["Code"],
        response["Error"]["Message"],
        response["ResponseMetadata"]["HTTPStatusCode"],
    )
