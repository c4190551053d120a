"""The policies of a VPC's endpoints."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import s3
from localcloud.gateway.principals import role_session
from tests.iam.support import ACCOUNT
from tests.network.conftest import REGION, Vpc, policy


def test_an_endpoints_policy_must_allow_the_call(vpc: Vpc) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "dynamodb:DescribeTable",
        "Resource": "*",
    }
    vpc.gateway_endpoint("dynamodb", PolicyDocument=policy(statement))
    with pytest.raises(ClientError) as error:
        vpc.client("dynamodb").list_tables()
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "because no VPC endpoint policy allows" in error.value.response["Error"]["Message"]


def test_an_endpoints_policy_need_not_allow_the_key_that_the_service_uses(vpc: Vpc) -> None:
    key = vpc.cloud.clients.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
    topic = vpc.cloud.clients.client("sns", REGION).create_topic(
        Name="t", Attributes={"KmsMasterKeyId": key}
    )["TopicArn"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    vpc.interface_endpoint("sns", PolicyDocument=policy(statement))
    assert vpc.client("sns").publish(TopicArn=topic, Message="m")["MessageId"]


def test_an_endpoint_of_kms_must_allow_the_use_of_a_key(vpc: Vpc) -> None:
    key = vpc.cloud.clients.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    vpc.interface_endpoint("kms", PolicyDocument=policy(statement))
    with pytest.raises(ClientError, match="explicit deny in a VPC endpoint policy"):
        vpc.client("kms").describe_key(KeyId=key)


def test_an_endpoints_policy_judges_a_batch_deletion_key_by_key(vpc: Vpc) -> None:
    s3.install(vpc.cloud)
    operator = vpc.cloud.clients.client("s3", REGION)
    operator.create_bucket(Bucket="b-1")
    for key in ("in/a", "out/b"):
        operator.put_object(Bucket="b-1", Key=key, Body=b"1")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
    document = policy({**statement, "Resource": "arn:aws:s3:::b-1/in/*"})
    vpc.gateway_endpoint("s3", PolicyDocument=document)
    entries = [{"Key": "in/a"}, {"Key": "out/b"}]
    response = vpc.client("s3").delete_objects(Bucket="b-1", Delete={"Objects": entries})
    assert [item["Key"] for item in response["Deleted"]] == ["in/a"]
    assert "because no VPC endpoint policy allows" in response["Errors"][0]["Message"]
    assert operator.head_object(Bucket="b-1", Key="out/b")


def test_the_endpoint_is_a_condition_key(vpc: Vpc) -> None:
    endpoint = vpc.gateway_endpoint("s3")
    s3 = vpc.cloud.clients.client("s3", REGION)
    s3.create_bucket(Bucket="b-1")
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::b-1/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": endpoint}},
    }
    s3.put_bucket_policy(Bucket="b-1", Policy=policy(statement))
    vpc.client("s3").put_object(Bucket="b-1", Key="k", Body=b"")
    outside = role_session(f"arn:aws:iam::{ACCOUNT}:role/r", "f")
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        vpc.cloud.clients.client("s3", REGION, outside).put_object(Bucket="b-1", Key="k", Body=b"")


def test_a_policy_that_cannot_be_read_is_refused_and_stops_nobody(vpc: Vpc) -> None:
    vpc.gateway_endpoint("dynamodb")
    with pytest.raises(ClientError, match="InvalidPolicyDocument"):
        vpc.gateway_endpoint("s3", PolicyDocument="{")
    assert vpc.client("dynamodb").list_tables()["TableNames"] == []
