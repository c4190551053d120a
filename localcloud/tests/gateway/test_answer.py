"""Results and errors are serialized in the protocol of their call."""

from __future__ import annotations

import json

import pytest

from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError, access_denied, not_emulated
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call, identify
from localcloud.gateway.principals import Principal
from tests.gateway.requests import signed, unsigned

JSON = signed(
    "https://dynamodb.us-east-1.amazonaws.com/",
    "us-east-1/dynamodb",
    X_Amz_Target="DynamoDB_20120810.ListTables",
    Content_Type="application/x-amz-json-1.0",
)
XML = signed(
    "https://sns.us-east-1.amazonaws.com/",
    "us-east-1/sns",
    body=b"Action=ListTopics&Version=2010-03-31",
    Content_Type="application/x-www-form-urlencoded",
)
REST = signed("https://lambda.us-east-1.amazonaws.com/2015-03-31/functions", "us-east-1/lambda",
              "GET")  # fmt: skip
HEAD = signed("https://b-1.s3.us-east-1.amazonaws.com/k", "us-east-1/s3", "HEAD")
API = unsigned("https://a1.execute-api.us-east-1.amazonaws.com/prod/x")


def call_of(request: Request) -> Call:
    return identify(request, Principal(arn="a"))


def test_a_result_is_json_or_xml_as_the_protocol_says() -> None:
    response = serialize(call_of(JSON), {"TableNames": ["t"]})
    assert (response.status, json.loads(response.body)) == (200, {"TableNames": ["t"]})
    response = serialize(call_of(XML), {"Topics": [{"TopicArn": "t"}]})
    assert b"<TopicArn>t</TopicArn>" in response.body


def test_every_response_has_a_request_id() -> None:
    assert serialize(call_of(JSON), {}).headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("request_", "status", "place"),
    [(JSON, 400, "body"), (XML, 400, "body"), (REST, 400, "headers"), (HEAD, 400, None)],
    ids=["json", "query", "rest-json", "head"],
)
def test_an_error_has_its_code_where_the_protocol_has_it(
    request_: Request, status: int, place: str | None
) -> None:
    response = serialize(call_of(request_), ApiError("SomeException", "It failed.", status))
    assert response.status == status
    if place:
        assert "SomeException" in str(getattr(response, place))
    else:
        assert response.body == b""


@pytest.mark.parametrize(
    ("error", "member"),
    [(ApiError("NotFoundException", "No.", 404), "message"),
     (access_denied("arn", "execute-api:Invoke", "r", "because"), "Message")],
)  # fmt: skip
def test_an_api_spells_the_message_of_iam_with_a_capital(error: ApiError, member: str) -> None:
    response = serialize(call_of(API), error)
    assert response.status == error.status
    assert response.headers["x-amzn-ErrorType"] == error.code
    assert json.loads(response.body) == {member: error.message}


def test_a_missing_feature_is_named_with_status_501() -> None:
    error = not_emulated("teleportation")
    assert (error.code, error.status) == ("LocalCloudNotEmulated", 501)
    assert error.message == "The local cloud does not emulate teleportation."
