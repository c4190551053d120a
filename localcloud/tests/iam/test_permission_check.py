"""The permissions of roles, users and services, checked at the gateway."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.principals import (
    Credentials,
    Principal,
    role_session,
    service_principal,
)
from localcloud.iam import authority
from localcloud.iam.evaluate import Decision, Grants, decide
from localcloud.iam.roles import load_aws_managed_policies
from tests.iam.conftest import BUCKET, MakeRole, allow, client_of, refusal
from tests.iam.support import ACCOUNT, client_with

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"
_DENY_ALL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": f"{BUCKET}/*",
}


@pytest.mark.usefixtures("s3")
def test_a_role_reads_what_its_policy_allows(cloud: Cloud, role: MakeRole) -> None:
    client = client_of(cloud, "s3", role(allow("s3:GetObject", f"{BUCKET}/in/*")))
    assert client.get_object(Bucket="b-1", Key="in/k")["Body"].read() == b"content"


@pytest.mark.usefixtures("s3")
def test_s3_refuses_in_its_own_words(cloud: Cloud, role: MakeRole) -> None:
    client = client_of(cloud, "s3", role(allow("s3:GetObject", f"{BUCKET}/in/*")))
    with pytest.raises(ClientError) as error:
        client.put_object(Bucket="b-1", Key="in/k", Body=b"")
    assert refusal(error) == (
        "AccessDenied",
        f'User: {ROLE} is not authorized to perform: s3:PutObject on resource: "{BUCKET}/in/k" '
        "because no identity-based policy allows the s3:PutObject action",
        403,
    )


@pytest.mark.usefixtures("s3")
def test_without_the_right_to_list_a_missing_key_is_forbidden(cloud: Cloud, role: MakeRole) -> None:
    client = client_of(cloud, "s3", role(allow("s3:GetObject", f"{BUCKET}/*")))
    with pytest.raises(ClientError) as error:
        client.head_object(Bucket="b-1", Key="missing")
    assert refusal(error) == ("403", "Forbidden", 403)


@pytest.mark.usefixtures("s3")
def test_with_the_right_to_list_a_missing_key_is_not_found(cloud: Cloud, role: MakeRole) -> None:
    both = role(allow("s3:GetObject", f"{BUCKET}/*"), allow("s3:ListBucket", BUCKET))
    with pytest.raises(ClientError) as error:
        client_of(cloud, "s3", both).head_object(Bucket="b-1", Key="missing")
    assert refusal(error)[0] == "404"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "status", "words"),
    [
        ("dynamodb", "scan", {"TableName": "tab"}, "AccessDeniedException", 400, "dynamodb:Scan"),
        ("lambda", "invoke", {"FunctionName": "f"}, "AccessDeniedException", 403, "function:f"),
        (
            "sns",
            "publish",
            {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t", "Message": "m"},
            "AuthorizationError",
            403,
            "SNS:Publish",
        ),
        (
            "sqs",
            "send_message",
            {"QueueUrl": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/q", "MessageBody": "m"},
            "AccessDenied",
            403,
            "sqs:sendmessage",
        ),
        (
            "sesv2",
            "send_email",
            {"FromEmailAddress": "a@x.org", "Content": {}},
            "AccessDeniedException",
            403,
            "`ses:SendEmail' on resource",
        ),
        ("ec2", "describe_subnets", {}, "UnauthorizedOperation", 403, "ec2:DescribeSubnets"),
    ],
)
def test_each_service_refuses_with_its_own_code(
    cloud: Cloud,
    role: MakeRole,
    service: str,
    operation: str,
    parameters: dict[str, Any],
    code: str,
    status: int,
    words: str,
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(client_of(cloud, service, role()), operation)(**parameters)
    actual_code, message, actual_status = refusal(error)
    assert (actual_code, actual_status) == (code, status)
    assert words in message
    assert ROLE in message


def test_a_call_that_no_condition_decides_is_decided_once(
    cloud: Cloud, role: MakeRole, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided: list[str] = []

    def count(grants: Grants, principal: Principal, action: str, *rest: Any) -> Decision:
        decided.append(action)
        return decide(grants, principal, action, *rest)

    monkeypatch.setattr(authority, "decide", count)
    client = client_of(cloud, "s3", role(allow("s3:GetObject", f"{BUCKET}/*")))
    for _ in range(3):
        client.get_object(Bucket="b-1", Key="in/k")
    assert decided == ["s3:GetObject"]
    s3.put_bucket_policy(Bucket="b-1", Policy=json.dumps({"Statement": _DENY_ALL}))
    with pytest.raises(ClientError, match="s3:GetObject"):
        client.get_object(Bucket="b-1", Key="in/k")
    assert decided == ["s3:GetObject"] * 2


def test_a_change_in_iam_takes_effect_at_once(cloud: Cloud, role: MakeRole, s3: Any) -> None:
    client = client_of(cloud, "s3", role(allow("s3:PutObject", f"{BUCKET}/*")))
    client.put_object(Bucket="b-1", Key="k", Body=b"")
    cloud.clients.client("iam", "us-east-1").delete_role_policy(RoleName="r", PolicyName="p")
    with pytest.raises(ClientError, match="s3:PutObject"):
        client.put_object(Bucket="b-1", Key="k", Body=b"")
    s3.put_bucket_policy(
        Bucket="b-1",
        Policy=json.dumps(
            {
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"},
                    "Action": "s3:PutObject",
                    "Resource": f"{BUCKET}/*",
                }
            }
        ),
    )
    client.put_object(Bucket="b-1", Key="k", Body=b"")


def test_aws_s_managed_policies_can_be_attached(cloud: Cloud, role: MakeRole) -> None:
    load_aws_managed_policies()
    client = client_of(cloud, "logs", role())
    with pytest.raises(ClientError, match="logs:CreateLogGroup"):
        client.create_log_group(logGroupName="/g")
    cloud.clients.client("iam", "us-east-1").attach_role_policy(
        RoleName="r", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )
    client.create_log_group(logGroupName="/g")


def test_a_service_writes_its_own_metrics_and_no_others(cloud: Cloud) -> None:
    client = client_of(cloud, "cloudwatch", service_principal("states.amazonaws.com"))
    data = [{"MetricName": "m", "Value": 1.0}]
    client.put_metric_data(Namespace="AWS/States", MetricData=data)
    with pytest.raises(ClientError, match="cloudwatch:PutMetricData"):
        client.put_metric_data(Namespace="Mine", MetricData=data)


def test_log_delivery_writes_logs_and_another_service_does_not(cloud: Cloud) -> None:
    cloud.clients.client("logs", "us-east-1").create_log_group(logGroupName="/g")
    delivery = client_of(cloud, "logs", service_principal("delivery.logs.amazonaws.com"))
    delivery.create_log_stream(logGroupName="/g", logStreamName="s")
    other = client_of(cloud, "logs", service_principal("s3.amazonaws.com"))
    with pytest.raises(ClientError, match="logs:CreateLogStream"):
        other.create_log_stream(logGroupName="/g", logStreamName="t")


@pytest.mark.usefixtures("s3")
def test_a_user_signs_with_its_active_keys(cloud: Cloud) -> None:
    iam_client = cloud.clients.client("iam", "us-east-1")
    iam_client.create_user(UserName="u")
    policy = {"Version": "2012-10-17", "Statement": allow("s3:GetObject", f"{BUCKET}/*")}
    iam_client.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam_client.create_access_key(UserName="u")["AccessKey"]
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"], None)
    client = client_with(cloud, "s3", credentials)
    assert client.get_object(Bucket="b-1", Key="in/k")["Body"].read() == b"content"
    with pytest.raises(ClientError, match=rf"User: arn:aws:iam::{ACCOUNT}:user/u is not"):
        client.delete_object(Bucket="b-1", Key="in/k")
    iam_client.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        client.get_object(Bucket="b-1", Key="in/k")


def test_a_role_that_does_not_exist_has_no_permissions(cloud: Cloud) -> None:
    absent = role_session(f"arn:aws:iam::{ACCOUNT}:role/absent", "s")
    with pytest.raises(ClientError, match="AccessDenied"):
        client_of(cloud, "s3", absent).list_buckets()
