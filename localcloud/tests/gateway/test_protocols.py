"""Odd content types, targets and bodies are refused as AWS refuses them."""

from __future__ import annotations

import gzip

import pytest

from localcloud.cloud import Cloud
from tests.gateway.requests import signed, unsigned

FORM = "application/x-www-form-urlencoded"
ODD = ["", "text/plain", "multipart/form-data; boundary=x", "application/cbor", "é", ";;;", "a/b/c"]


def answer(cloud: Cloud, service: str, body: bytes, **headers: str) -> tuple[int, str]:
    scope = f"us-east-1/{service}"
    response = cloud.gateway.handle(
        signed(f"https://{service}.us-east-1.amazonaws.com/", scope, body=body, **headers)
    )
    return response.status, response.body.decode()


def list_tables(cloud: Cloud, body: bytes = b"{}", **headers: str) -> tuple[int, str]:
    types = {"Content_Type": "application/x-amz-json-1.0"}
    target = {"X_Amz_Target": "DynamoDB_20120810.ListTables"}
    return answer(cloud, "dynamodb", body, **{**types, **target, **headers})


@pytest.mark.parametrize("content_type", ODD)
def test_an_odd_content_type_is_no_operation(cloud: Cloud, content_type: str) -> None:
    status, body = list_tables(cloud, Content_Type=content_type)
    assert (status, "#UnknownOperationException" in body) == (404, True)
    query = b"Action=GetCallerIdentity&Version=2011-06-15"
    status, body = answer(cloud, "sts", query, Content_Type=content_type)
    assert (status, "<Code>UnknownOperationException</Code>" in body) == (404, True)


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.1", FORM])
def test_the_content_type_of_another_protocol_is_no_operation(
    cloud: Cloud, content_type: str
) -> None:
    assert list_tables(cloud, Content_Type=content_type)[0] == 404


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/x-amz-json-1.0; charset=utf-8", "Application/X-Amz-JSON-1.0"],
)
def test_json_has_two_names(cloud: Cloud, content_type: str) -> None:
    assert list_tables(cloud, Content_Type=content_type) == (200, '{"TableNames": []}')


def test_without_a_body_the_target_counts(cloud: Cloud) -> None:
    assert list_tables(cloud, b"", Content_Type="text/plain") == (200, '{"TableNames": []}')


def test_a_service_of_two_protocols_takes_each_by_its_content_type(cloud: Cloud) -> None:
    target = {"X_Amz_Target": "AmazonSQS.ListQueues"}
    json = answer(cloud, "sqs", b"{}", Content_Type="application/x-amz-json-1.0", **target)
    query = answer(cloud, "sqs", b"Action=ListQueues", Content_Type=FORM)
    assert (json[0], query[0]) == (200, 200)
    assert "<ListQueuesResult" in query[1]
    status, body = answer(cloud, "sqs", b"{}", Content_Type=FORM, **target)
    assert (status, "<Code>MissingAction</Code>" in body) == (400, True)


def test_a_query_may_be_in_the_url(cloud: Cloud) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/?Action=ListQueues&Version=2012-11-05"
    response = cloud.gateway.handle(signed(url, "us-east-1/sqs", "GET"))
    assert (response.status, b"<ListQueuesResult" in response.body) == (200, True)


@pytest.mark.parametrize(
    "target", ["", "DynamoDB_20120810", "DynamoDB_20120810.Nope", "AmazonSQS.ListQueues", "\0"]
)
def test_an_unknown_target_is_no_operation(cloud: Cloud, target: str) -> None:
    status, body = list_tables(cloud, X_Amz_Target=target)
    assert (status, "#UnknownOperationException" in body) == (400, True)


@pytest.mark.parametrize(
    ("service", "body", "words"),
    [
        (
            "sts", b"Action=Nope&Version=2011-06-15",
            "<Code>InvalidAction</Code><Message>Could not find operation Nope for version 2011",
        ),
        ("sts", b"Version=2011-06-15", "<Code>MissingAction</Code>"),
        ("sts", b"\xff\xfe%%%", "<Code>MissingAction</Code>"),
        (
            "ec2", b"Action=Nope",
            "<Code>InvalidAction</Code><Message>The action Nope is not valid for this web service.",
        ),
        ("ec2", b"", "<Code>MissingParameter</Code>"),
    ],
)  # fmt: skip
def test_an_unknown_action_is_invalid(cloud: Cloud, service: str, body: bytes, words: str) -> None:
    status, text = answer(cloud, service, body, Content_Type=FORM)
    assert (status, words in text) == (400, True)


@pytest.mark.parametrize(
    "body",
    [b"{", b"null", b"[]", b"\xff\xfe", b"\0", b"{}{}", b"\xef\xbb\xbf{}", "{}".encode("utf-16"),
     b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_json_is_not_serialized(cloud: Cloud, body: bytes) -> None:
    status, text = list_tables(cloud, body)
    assert (status, "#SerializationException" in text) == (400, True)


def test_a_zipped_call_is_unzipped_and_a_broken_one_refused(cloud: Cloud) -> None:
    assert list_tables(cloud, gzip.compress(b"{}"), Content_Encoding="gzip")[0] == 200
    for body in (b"{}", gzip.compress(b"{}")[:-9]):
        status, text = list_tables(cloud, body, Content_Encoding="gzip")
        assert (status, "SerializationException" in text) == (400, True)


@pytest.mark.parametrize(
    ("method", "status", "code"),
    [("OPTIONS", 501, "LocalCloud"), ("FOO", 405, "MethodNotAllowed"), ("POST", 501, "LocalCloud")],
)
def test_s3_has_no_other_methods(cloud: Cloud, method: str, status: int, code: str) -> None:
    url = "https://b-1.s3.us-east-1.amazonaws.com/"
    response = cloud.gateway.handle(signed(url, "us-east-1/s3", method))
    assert (response.status, f"<Code>{code}" in response.body.decode()) == (status, True)


def test_a_path_that_no_operation_has_is_unknown(cloud: Cloud) -> None:
    url = "https://lambda.us-east-1.amazonaws.com/no/such/path"
    response = cloud.gateway.handle(signed(url, "us-east-1/lambda"))
    assert (response.status, b"UnknownOperationException" in response.body) == (404, True)


@pytest.mark.parametrize(
    ("service", "key", "status", "code"),
    [
        ("dynamodb", "", 400, "#MissingAuthenticationTokenException"),
        ("dynamodb", "AKIAUNKNOWN", 400, "#UnrecognizedClientException"),
        ("lambda", "", 403, "MissingAuthenticationTokenException"),
        ("lambda", "AKIAUNKNOWN", 403, "UnrecognizedClientException"),
        ("sts", "", 403, "<Code>MissingAuthenticationToken</Code>"),
        ("sts", "AKIAUNKNOWN", 403, "<Code>InvalidClientTokenId</Code>"),
        ("ec2", "AKIAUNKNOWN", 401, "<Code>AuthFailure</Code>"),
        ("s3", "AKIAUNKNOWN", 403, "<Code>InvalidAccessKeyId</Code>"),
    ],
)
def test_who_is_unknown_is_told_so_in_the_protocol_of_the_service(
    cloud: Cloud, service: str, key: str, status: int, code: str
) -> None:
    url = f"https://{service}.us-east-1.amazonaws.com/"
    request = signed(url, f"us-east-1/{service}", key=key) if key else unsigned(url, "POST")
    response = cloud.gateway.handle(request)
    assert (response.status, code in response.body.decode()) == (status, True)


def test_a_character_that_xml_does_not_have_is_replaced(cloud: Cloud) -> None:
    body = b"Action=No\x01pe%00%ef%bf%bf&Version=1"
    assert (
        "operation No\ufffdpe\ufffd\ufffd for" in answer(cloud, "sts", body, Content_Type=FORM)[1]
    )
