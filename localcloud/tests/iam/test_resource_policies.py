"""Policies of buckets, queues, topics and keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request
from localcloud.gateway.principals import (
    Principal,
    service_principal,
)
from tests.iam.conftest import BUCKET, MakeRole, allow, client_of
from tests.iam.support import ACCOUNT


def test_anybody_may_call_an_api_without_a_policy_but_not_a_bucket(cloud: Cloud) -> None:
    anonymous = Principal(arn="anonymous")
    for url, refused in (
        ("https://abc.execute-api.us-east-1.amazonaws.com/prod/x", False),
        ("https://b-1.s3.us-east-1.amazonaws.com/k", True),
    ):
        body = cloud.gateway.handle(Request("GET", url, HeadersDict()), anonymous).body
        assert (b"<Message>Access Denied</Message>" in body) == refused


def test_only_a_buckets_policy_can_refuse_the_operator(s3: Any) -> None:
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"{BUCKET}/*",
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
    }
    s3.put_bucket_policy(Bucket="b-1", Policy=json.dumps({"Statement": denial}))
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        s3.put_object(Bucket="b-1", Key="k", Body=b"")
    s3.put_object(Bucket="b-1", Key="k", Body=b"", ServerSideEncryption="aws:kms")


def test_a_service_needs_the_queues_policy(cloud: Cloud) -> None:
    sqs = cloud.clients.client("sqs", "us-east-1")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    service = service_principal("s3.amazonaws.com", BUCKET)
    client = cloud.clients.client("sqs", "us-east-1", service)
    with pytest.raises(ClientError, match="because no resource-based policy allows"):
        client.send_message(QueueUrl=url, MessageBody="m")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {
            "ArnEquals": {"aws:SourceArn": BUCKET},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        },
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    client.send_message(QueueUrl=url, MessageBody="m")


def test_a_topics_default_policy_lets_services_publish_but_not_roles(
    cloud: Cloud, role: MakeRole
) -> None:
    topic = cloud.clients.client("sns", "us-east-1").create_topic(Name="t")["TopicArn"]
    alarm = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"
    service = service_principal("cloudwatch.amazonaws.com", alarm)
    client_of(cloud, "sns", service).publish(TopicArn=topic, Message="m")
    with pytest.raises(ClientError, match="AuthorizationError"):
        client_of(cloud, "sns", role()).publish(TopicArn=topic, Message="m")


def test_an_encrypted_topic_needs_its_key(cloud: Cloud, role: MakeRole) -> None:
    alarms = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "kms:*",
        "Resource": "*",
    }
    account = alarms | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    kms = cloud.clients.client("kms", "us-east-1")
    key = kms.create_key(Policy=json.dumps({"Statement": [alarms, account]}))["KeyMetadata"]
    sns = cloud.clients.client("sns", "us-east-1")
    topic = sns.create_topic(Name="t", Attributes={"KmsMasterKeyId": key["KeyId"]})["TopicArn"]
    alarm = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"
    service = service_principal("cloudwatch.amazonaws.com", alarm)
    client_of(cloud, "sns", service).publish(TopicArn=topic, Message="m")
    without = role(allow("sns:Publish", topic), name="without")
    with pytest.raises(ClientError, match=r"KMSAccessDenied.*perform: kms:GenerateDataKey"):
        client_of(cloud, "sns", without).publish(TopicArn=topic, Message="m")
    having = role(allow("sns:Publish", topic), allow("kms:*", key["Arn"]), name="having")
    client_of(cloud, "sns", having).publish(TopicArn=topic, Message="m")


def test_an_alarm_cannot_use_the_key_that_aws_manages(cloud: Cloud) -> None:
    sns = cloud.clients.client("sns", "us-east-1")
    topic = sns.create_topic(Name="t", Attributes={"KmsMasterKeyId": "alias/aws/sns"})["TopicArn"]
    alarm = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"
    service = service_principal("cloudwatch.amazonaws.com", alarm)
    with pytest.raises(ClientError, match="KMSAccessDenied"):
        client_of(cloud, "sns", service).publish(TopicArn=topic, Message="m")


def test_no_policy_of_its_own_locks_a_bucket_for_good(s3: Any) -> None:
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": BUCKET}
    s3.put_bucket_policy(Bucket="b-1", Policy=json.dumps({"Statement": denial}))
    with pytest.raises(ClientError, match="explicit deny"):
        s3.list_objects_v2(Bucket="b-1")
    s3.delete_bucket_policy(Bucket="b-1")
    s3.list_objects_v2(Bucket="b-1")


def test_a_key_by_its_alias_is_the_key(cloud: Cloud, role: MakeRole) -> None:
    kms = cloud.clients.client("kms", "us-east-1")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    by_alias = {"kms:RequestAlias": "alias/mine"}
    client = client_of(cloud, "kms", role(allow("kms:Encrypt", key["Arn"], StringEquals=by_alias)))
    client.encrypt(KeyId="alias/mine", Plaintext=b"x")
    with pytest.raises(ClientError, match=f"kms:Encrypt on resource: {key['Arn']}"):
        client.encrypt(KeyId=key["KeyId"], Plaintext=b"x")
