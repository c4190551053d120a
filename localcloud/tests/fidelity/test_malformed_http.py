"""Whatever bytes come, each request has an answer of AWS's kind: no crash, no cut connection."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from localcloud.proxy.server import Connection
from localcloud.testing import LocalCloud, local_cloud

_CALLS = int(os.environ.get("LOCALCLOUD_MALFORMED_CALLS", "400"))
HOSTS = {
    "s3": "b-1.s3.us-east-1.amazonaws.com",
    "dynamodb": "dynamodb.us-east-1.amazonaws.com",
    "sqs": "sqs.us-east-1.amazonaws.com",
    "sts": "sts.us-east-1.amazonaws.com",
    "ec2": "ec2.us-east-1.amazonaws.com",
    "lambda": "lambda.us-east-1.amazonaws.com",
    "route53": "route53.amazonaws.com",
    "execute-api": "abc.execute-api.us-east-1.amazonaws.com",
}
TEXTS = [
    "", "\0", "\x01", "\r", "\n", "\r\n", " ", "é", "\xff", "%", "%zz", "%00", "%ff", "..", "/",
    "?", "&", "=", ";", "+", "#", "[", "]", "{", "}", "<", ">", '"', "'", "a" * 3000, "-1",
    "9" * 30, "a", "b", "k", "1", "list-type=2", "versions", "uploads", "X-Amz-Signature=1",
    "Action=X", "2015-03-31/functions/", "2013-04-01/hostedzone/", "invocations", "prod",
]  # fmt: skip
NAMES = [
    "Authorization", "Connection", "Content-Encoding", "Content-Length", "Content-MD5",
    "Content-Type", "Date", "Expect", "Host", "If-Match", "If-Modified-Since", "Origin", "Range",
    "Transfer-Encoding", "X-Amz-Acl", "X-Amz-Checksum-CRC32", "X-Amz-Content-SHA256",
    "X-Amz-Copy-Source", "X-Amz-Date", "X-Amz-Decoded-Content-Length", "X-Amz-Meta-A",
    "X-Amz-Security-Token", "X-Amz-Tagging", "X-Amz-Target",
]  # fmt: skip
VALUES = [
    "100-continue", "3", "AWS4-HMAC-SHA256 Credential=a", "AmazonSQS.ListQueues",
    "DynamoDB_20120810.ListTables", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD",
    "application/json", "application/x-amz-json-1.0", "application/x-www-form-urlencoded",
    "aws-chunked", "b-1/k", "bytes=0-1", "chunked", "close", "gzip", "multipart/form-data",
]  # fmt: skip
# What a client writes after it has signed, or is about the connection.
UNSIGNED = {
    "Authorization", "Connection", "Content-Length", "Expect", "Host", "Transfer-Encoding",
    "X-Amz-Date", "X-Amz-Content-SHA256",
}  # fmt: skip
texts = st.lists(st.sampled_from(TEXTS), max_size=4).map("".join)
headers = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES) | texts, max_size=4)
methods = st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "X"])
bodies = st.sampled_from([
    b"", b"{}", b"null", b"[", b"<a/>", b"<", b"\xff\xfe", b"\0", b"Action=X", b"3\r\nabc\r\n0\r\n",
])  # fmt: skip


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("cloud"), time_scale=0.01) as cloud:
        cloud.client("s3", "us-east-1").create_bucket(Bucket="b-1")
        yield cloud


def answer(cloud: LocalCloud, host: str, request: bytes) -> bytes:
    """What the proxy writes, without sockets and TLS."""
    gateway = cloud._cloud.gateway
    connection = cast(Any, object.__new__(Connection))
    connection.server = SimpleNamespace(gateway=gateway)
    written = io.BytesIO()
    connection._serve_one(io.BytesIO(request), written, host)
    return written.getvalue().removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")


def signed(
    cloud: LocalCloud, service: str, method: str, target: str, sent: dict[str, str], body: bytes
) -> dict[str, str]:
    """The headers with a signature of the operator, so that more than signatures is looked at."""
    keys = cloud._cloud.principals.admin_credentials
    covered = {name: value for name, value in sent.items() if name not in UNSIGNED}
    request = AWSRequest(method, f"https://{HOSTS[service]}{target}", covered, body)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(Credentials(keys.access_key, keys.secret_key), service, "us-east-1").add_auth(request)
    own = dict(request.headers.items())
    return {**own, "Host": HOSTS[service], "Content-Length": str(len(body)), **sent}


def test_every_request_has_an_answer(cloud: LocalCloud) -> None:
    @settings(
        max_examples=_CALLS,
        deadline=None,
        derandomize="LOCALCLOUD_MALFORMED_CALLS" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.sampled_from(list(HOSTS)), methods, texts, headers, bodies)
    def send(service: str, method: str, path: str, sent: dict[str, str], body: bytes) -> None:
        target = f"/{path}"
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [
            f"{name}: {value}"
            for name, value in signed(cloud, service, method, target, sent, body).items()
        ]
        request = "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body
        response = answer(cloud, HOSTS[service], request)
        assert re.match(rb"HTTP/1\.1 ([234]\d\d|501) ", response), (request, response)

    send()


def test_no_bytes_crash_the_reader_of_http(cloud: LocalCloud) -> None:
    @settings(max_examples=_CALLS, deadline=None, derandomize=True, database=None)
    @given(st.binary(min_size=1, max_size=60))
    def send(noise: bytes) -> None:
        host = HOSTS["s3"]
        start = b"PUT /k HTTP/1.1\r\nHost: " + host.encode() + b"\r\n"
        for request in (
            noise,
            start + noise,
            start + b"Transfer-Encoding: chunked\r\n\r\n" + noise,
        ):
            response = answer(cloud, host, request)
            assert re.match(rb"HTTP/1\.1 [234]\d\d ", response) or request.strip() == b""

    send()
