"""Claims about requests that nobody has signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError

from localcloud import iam, s3
from localcloud.clock import ScaledClock
from localcloud.cloud import Cloud, new_cloud
from localcloud.faults import Faults, Match, Refuse
from localcloud.faults import install as install_faults
from localcloud.gateway.http import Request, Response
from localcloud.settings import Settings

READ = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::bucket/open/*",
}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": READ})


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    cloud = new_cloud(Settings(tmp_path), ScaledClock(0.0))
    iam.install(cloud)
    s3.install(cloud)
    install_faults(cloud)
    yield cloud
    cloud.close()


@pytest.fixture
def client(cloud: Cloud) -> Any:
    client = cloud.clients.client("s3", "us-east-1")
    client.create_bucket(Bucket="bucket")
    for key in ("open/k", "closed/k"):
        client.put_object(Bucket="bucket", Key=key, Body=b"content")
    return client


@pytest.fixture
def public(client: Any) -> Any:
    client.delete_public_access_block(Bucket="bucket")
    client.put_bucket_policy(Bucket="bucket", Policy=POLICY)
    return client


def get(cloud: Cloud, key: str) -> Response:
    url = f"https://bucket.s3.us-east-1.amazonaws.com/{key}"
    return cloud.gateway.handle(Request("GET", url, HeadersDict()))


@pytest.mark.usefixtures("public")
def test_a_bucket_is_as_public_as_its_policy_says(cloud: Cloud) -> None:
    assert get(cloud, "open/k").body == b"content"
    assert get(cloud, "closed/k").status == 403


def test_a_public_policy_is_blocked_by_default(client: Any) -> None:
    with pytest.raises(ClientError, match="BlockPublicPolicy"):
        client.put_bucket_policy(Bucket="bucket", Policy=POLICY)
    limited = READ | {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
    client.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Statement": limited}))


def test_a_restricted_bucket_is_not_public(cloud: Cloud, public: Any) -> None:
    public.put_public_access_block(
        Bucket="bucket", PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    assert get(cloud, "open/k").status == 403


@pytest.mark.usefixtures("public")
def test_faults_reach_unsigned_requests(cloud: Cloud) -> None:
    cloud.get(Faults).add(Match(service="s3"), Refuse())
    assert get(cloud, "open/k").status == 503


def test_other_services_want_a_signature(cloud: Cloud) -> None:
    url = "https://dynamodb.us-east-1.amazonaws.com/"
    headers = HeadersDict({"X-Amz-Target": "DynamoDB_20120810.ListTables"})
    answer = cloud.gateway.handle(Request("POST", url, headers, b"{}"))
    assert b"MissingAuthenticationToken" in answer.body
