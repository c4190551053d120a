"""Condition keys of requests, callers and objects."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from tests.iam.conftest import BUCKET, MakeRole, allow, client_of


def test_the_region_of_a_request_is_a_condition_key(cloud: Cloud, role: MakeRole) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "us-west-2"}}
    session = role(allow("ec2:DescribeSubnets", "*", **condition))
    cloud.clients.client("ec2", "us-west-2", session).describe_subnets()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        cloud.clients.client("ec2", "us-east-1", session).describe_subnets()


def test_the_address_of_a_caller_is_a_condition_key(cloud: Cloud, role: MakeRole) -> None:
    here = {"IpAddress": {"aws:SourceIp": ["127.0.0.0/8"]}}
    elsewhere = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
    session = role(
        allow("ec2:DescribeSubnets", "*", **here), allow("ec2:DescribeVpcs", "*", **elsewhere)
    )
    ec2 = client_of(cloud, "ec2", session)
    ec2.describe_subnets()
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        ec2.describe_vpcs()


def test_tags_of_objects_and_requests_are_condition_keys(
    cloud: Cloud, role: MakeRole, s3: Any
) -> None:
    s3.put_object_tagging(
        Bucket="b-1", Key="in/k", Tagging={"TagSet": [{"Key": "kind", "Value": "open"}]}
    )
    is_open = {"s3:ExistingObjectTag/kind": "open"}
    brings = {"s3:RequestObjectTag/kind": "new"}
    client = client_of(
        cloud,
        "s3",
        role(
            allow("s3:GetObject", f"{BUCKET}/*", StringEquals=is_open),
            allow(["s3:PutObject", "s3:PutObjectTagging"], f"{BUCKET}/*", StringEquals=brings),
        ),
    )
    client.get_object(Bucket="b-1", Key="in/k")
    client.put_object(Bucket="b-1", Key="new", Body=b"", Tagging="kind=new")
    with pytest.raises(ClientError, match="s3:PutObject"):
        client.put_object(Bucket="b-1", Key="new", Body=b"", Tagging="kind=old")
    with pytest.raises(ClientError, match="s3:GetObject"):
        client.get_object(Bucket="b-1", Key="new")
