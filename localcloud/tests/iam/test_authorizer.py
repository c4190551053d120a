"""The permissions of roles, services and the operator, checked at the gateway."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError

from localcloud import ses
from localcloud.cloud import Cloud
from localcloud.gateway.http import Request
from localcloud.gateway.principals import (
    Credentials,
    Principal,
    role_session,
    service_principal,
)
from localcloud.iam import Authority, authority
from localcloud.iam.evaluate import Decision, Grants, decide
from localcloud.iam.roles import load_aws_managed_policies
from tests.iam.conftest import MakeRole, allow
from tests.iam.support import ACCOUNT, client_with

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"
BUCKET = "arn:aws:s3:::b-1"
_DENY_ALL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": f"{BUCKET}/*",
}


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


def test_anybody_may_call_an_api_without_a_policy_but_not_a_bucket(cloud: Cloud) -> None:
    anonymous = Principal(arn="anonymous")
    for url, refused in (
        ("https://abc.execute-api.us-east-1.amazonaws.com/prod/x", False),
        ("https://b-1.s3.us-east-1.amazonaws.com/k", True),
    ):
        body = cloud.gateway.handle(Request("GET", url, HeadersDict()), anonymous).body
        assert (b"<Message>Access Denied</Message>" in body) == refused


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
    load_aws_managed_policies(ACCOUNT)
    client = client_of(cloud, "logs", role())
    with pytest.raises(ClientError, match="logs:CreateLogGroup"):
        client.create_log_group(logGroupName="/g")
    cloud.clients.client("iam", "us-east-1").attach_role_policy(
        RoleName="r", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    )
    client.create_log_group(logGroupName="/g")


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


def test_a_key_by_its_alias_is_the_key(cloud: Cloud, role: MakeRole) -> None:
    kms = cloud.clients.client("kms", "us-east-1")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    by_alias = {"kms:RequestAlias": "alias/mine"}
    client = client_of(cloud, "kms", role(allow("kms:Encrypt", key["Arn"], StringEquals=by_alias)))
    client.encrypt(KeyId="alias/mine", Plaintext=b"x")
    with pytest.raises(ClientError, match=f"kms:Encrypt on resource: {key['Arn']}"):
        client.encrypt(KeyId=key["KeyId"], Plaintext=b"x")


def test_a_role_that_does_not_exist_has_no_permissions(cloud: Cloud) -> None:
    absent = role_session(f"arn:aws:iam::{ACCOUNT}:role/absent", "s")
    with pytest.raises(ClientError, match="AccessDenied"):
        client_of(cloud, "s3", absent).list_buckets()


def test_the_authority_decides_for_other_services(cloud: Cloud, role: MakeRole) -> None:
    session = role(allow("s3:ReplicateObject", f"{BUCKET}/out/*"))
    authority = cloud.get(Authority)
    assert authority.allows(session, "s3:ReplicateObject", f"{BUCKET}/out/k").allowed
    assert not authority.allows(session, "s3:ReplicateObject", f"{BUCKET}/in/k").allowed


def test_a_service_can_assume_a_role_that_trusts_it(cloud: Cloud, role: MakeRole) -> None:
    role()
    authority, arn = cloud.get(Authority), f"arn:aws:iam::{ACCOUNT}:role/r"
    assert authority.can_assume(arn, "lambda.amazonaws.com")
    assert not authority.can_assume(arn, "states.amazonaws.com")
    assert not authority.can_assume(arn.replace("/r", "/none"), "lambda.amazonaws.com")


SENDING = {
    "FromEmailAddress": "a@x.org",
    "Destination": {"ToAddresses": ["b@y.org"]},
    "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
}
SES_ARN = f"arn:aws:ses:us-east-1:{ACCOUNT}:"


def test_sending_needs_the_domain_of_the_recipient_and_the_default_configuration_set(
    cloud: Cloud, role: MakeRole
) -> None:
    """https://github.com/aws/aws-cdk/issues/34402"""
    ses.install(cloud)
    operator = cloud.clients.client("sesv2", "us-east-1")
    for identity in ("a@x.org", "y.org"):
        operator.create_email_identity(EmailIdentity=identity)
    operator.create_configuration_set(ConfigurationSetName="all")
    operator.put_email_identity_configuration_set_attributes(
        EmailIdentity="a@x.org", ConfigurationSetName="all"
    )
    assert operator.get_email_identity(EmailIdentity="a@x.org")["ConfigurationSetName"] == "all"
    resources = ["identity/a@x.org", "identity/b@y.org", "identity/y.org", "configuration-set/all"]
    for number, last in enumerate(resources):
        statements = [allow("ses:SendEmail", SES_ARN + name) for name in resources[:number]]
        client = client_of(cloud, "sesv2", role(*statements, name=f"r{number}"))
        with pytest.raises(ClientError) as error:
            client.send_email(**SENDING)
        assert f"on resource `{SES_ARN}{last}'" in refusal(error)[1]
    statements = [allow("ses:SendEmail", SES_ARN + name) for name in resources]
    client_of(cloud, "sesv2", role(*statements, name="all")).send_email(**SENDING)


@pytest.mark.parametrize("action", ["ses:SendEmail", "ses:SendRawEmail"])
def test_sending_a_raw_message_needs_both_actions_on_every_resource(
    cloud: Cloud, role: MakeRole, action: str
) -> None:
    """https://github.com/anymail/django-anymail/issues/384"""
    ses.install(cloud)
    for identity in ("a@x.org", "y.org"):
        cloud.clients.client("sesv2", "us-east-1").create_email_identity(EmailIdentity=identity)
    content = {"Raw": {"Data": b"From: a@x.org\r\nTo: b@y.org\r\n\r\nt\r\n"}}
    both = [allow(name, f"{SES_ARN}identity/*") for name in ("ses:SendEmail", "ses:SendRawEmail")]
    client = client_of(cloud, "sesv2", role(*both, name="both"))
    client.send_email(Content=content)
    client.send_email(**{**SENDING, "Content": content})
    client = client_of(cloud, "sesv2", role(allow(action, "*"), name="one"))
    with pytest.raises(ClientError, match="is not authorized to perform `ses:Send"):
        client.send_email(Content=content)


def test_a_simulation_says_what_a_role_may_do(cloud: Cloud, role: MakeRole) -> None:
    denial = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"}
    role(allow("s3:GetObject", "*", StringEquals={"aws:RequestedRegion": "us-east-1"}), denial)
    response = cloud.clients.client("iam", "us-east-1").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/r",
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=["arn:aws:s3:::open/a", "arn:aws:s3:::secret/a"],
        ContextEntries=[
            {
                "ContextKeyName": "aws:RequestedRegion",
                "ContextKeyValues": ["us-east-1"],
                "ContextKeyType": "string",
            }
        ],
    )
    decisions = [
        (result["EvalActionName"], result["EvalResourceName"][-6:], result["EvalDecision"])
        for result in response["EvaluationResults"]
    ]
    assert decisions == [
        ("s3:GetObject", "open/a", "allowed"),
        ("s3:GetObject", "cret/a", "explicitDeny"),
        ("s3:PutObject", "open/a", "implicitDeny"),
        ("s3:PutObject", "cret/a", "explicitDeny"),
    ]
