"""The service, Region and operation of a request are found as AWS's endpoints find them."""

from __future__ import annotations

import pytest

from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call, identify
from localcloud.gateway.principals import Principal
from tests.gateway.requests import signed, unsigned

CALLER = Principal(arn="arn:aws:iam::123456789012:user/u")
STATES = "https://states.us-east-1.amazonaws.com/"


def call_of(request: Request) -> Call:
    return identify(request, CALLER)


@pytest.mark.parametrize(
    ("request_", "service", "region", "operation"),
    [
        (
            signed(STATES, "us-east-1/states", X_Amz_Target="AWSStepFunctions.StartExecution"),
            "stepfunctions", "us-east-1", "StartExecution",
        ),
        (
            signed("https://b-1.s3.us-west-2.amazonaws.com/k", "us-west-2/s3", "GET"),
            "s3", "us-west-2", "GetObject",
        ),
        (
            signed("https://s3.us-west-2.amazonaws.com/b-1?versioning", "us-west-2/s3", "GET"),
            "s3", "us-west-2", "GetBucketVersioning",
        ),
        (
            signed("https://1.s3-control.us-west-2.amazonaws.com/v20180820/mrap/instances",
                   "us-west-2/s3", "GET", x_amz_account_id="1"),
            "s3control", "us-west-2", "ListMultiRegionAccessPoints",
        ),
        (
            signed("https://email.us-east-1.amazonaws.com/v2/email/list-identities",
                   "us-east-1/ses"),
            "sesv2", "us-east-1", "ListEmailIdentities",
        ),
        (
            signed("https://streams.dynamodb.us-east-1.amazonaws.com/", "us-east-1/dynamodb",
                   X_Amz_Target="DynamoDBStreams_20120810.ListStreams"),
            "dynamodbstreams", "us-east-1", "ListStreams",
        ),
        (
            signed("https://sns.us-west-2.amazonaws.com/", "us-west-2/sns",
                   body=b"Action=ListTopics&Version=2010-03-31",
                   Content_Type="application/x-www-form-urlencoded"),
            "sns", "us-west-2", "ListTopics",
        ),
        (
            signed("https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/f/invocations",
                   "us-east-1/lambda"),
            "lambda", "us-east-1", "Invoke",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_signed_request_is_an_operation_of_the_service_in_its_scope(
    request_: Request, service: str, region: str, operation: str
) -> None:
    call = call_of(request_)
    assert (call.service, call.region, call.name) == (service, region, operation)
    assert call.action == f"{service}:{operation}"


@pytest.mark.parametrize(
    ("url", "service", "region"),
    [
        ("https://b-1.s3.us-west-2.amazonaws.com/k", "s3", "us-west-2"),
        ("https://iam.amazonaws.com/", "iam", "us-east-1"),
        ("https://sync-states.us-west-2.amazonaws.com/", "stepfunctions", "us-west-2"),
        ("https://a1.execute-api.us-west-2.amazonaws.com/prod/x", "execute-api", "us-west-2"),
        ("https://example.com/", "unknown", "us-east-1"),
    ],
)
def test_an_unsigned_request_is_told_by_its_host(url: str, service: str, region: str) -> None:
    call = call_of(unsigned(url))
    assert (call.service, call.region) == (service, region)


def test_a_presigned_url_tells_the_region_by_its_credential() -> None:
    credential = "X-Amz-Credential=AKIA%2F20260101%2Fus-west-2%2Fs3%2Faws4_request"
    call = call_of(unsigned(f"https://b-1.s3.amazonaws.com/k?{credential}&X-Amz-Signature=0"))
    assert (call.service, call.region, call.name) == ("s3", "us-west-2", "GetObject")
    assert call.request.presigned


@pytest.mark.parametrize(
    "request_",
    [
        signed(STATES, "us-east-1/states", X_Amz_Target="AWSStepFunctions.Forget"),
        signed("https://lambda.us-east-1.amazonaws.com/no/such/path", "us-east-1/lambda"),
        signed("https://nothing.us-east-1.amazonaws.com/", "us-east-1/nothing"),
    ],
    ids=["target", "path", "service"],
)
def test_a_call_without_a_model_is_named_by_its_method(request_: Request) -> None:
    call = call_of(request_)
    assert call.operation is None
    assert call.name == "POST"


@pytest.mark.parametrize(
    ("request_", "params"),
    [
        (
            signed(STATES, "us-east-1/states", X_Amz_Target="AWSStepFunctions.StartExecution",
                   body=b'{"stateMachineArn": "a", "input": "{}"}',
                   Content_Type="application/x-amz-json-1.0"),
            {"stateMachineArn": "a", "input": "{}"},
        ),
        (
            signed("https://b-1.s3.us-east-1.amazonaws.com/a%20b?versionId=v", "us-east-1/s3",
                   "GET"),
            {"Bucket": "b-1", "Key": "a b", "VersionId": "v"},
        ),
        (
            signed("https://sns.us-east-1.amazonaws.com/", "us-east-1/sns",
                   body=b"Action=Publish&TopicArn=t&Message=a+%26+b&Version=2010-03-31",
                   Content_Type="application/x-www-form-urlencoded"),
            {"TopicArn": "t", "Message": "a & b"},
        ),
    ],
    ids=["json", "rest", "query"],
)  # fmt: skip
def test_parameters_have_the_names_of_botocores_model(
    request_: Request, params: dict[str, str]
) -> None:
    assert call_of(request_).params == params
