"""The proxy answers for AWS's hosts itself, and tunnels to all others."""

from __future__ import annotations

import json
import socket
import ssl
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

from localcloud.proxy import ProxyServer
from localcloud.proxy.certificates import CertificateAuthority
from localcloud.proxy.server import is_aws_host
from tests.proxy.conftest import AWS, Client


@pytest.mark.parametrize(
    ("host", "is_aws"),
    [
        ("s3.us-east-1.amazonaws.com", True),
        ("S3.AMAZONAWS.COM", True),
        ("s3.amazonaws.com.", True),
        ("lambda.us-east-1.api.aws", True),
        ("amazonaws.com.example.org", False),
        ("notamazonaws.com", False),
        ("pypi.org", False),
    ],
)
def test_hosts_of_aws_are_told_by_their_domain(host: str, is_aws: bool) -> None:
    assert is_aws_host(host) == is_aws


def test_the_gateway_answers_for_a_host_of_aws(aws: Client) -> None:
    status, body = aws.ask(f"GET /q?a=b HTTP/1.1\nHost: {AWS}")
    assert status == 200
    assert json.loads(body) == {"method": "GET", "url": f"https://{AWS}/q?a=b", "length": 0}


def test_a_connection_serves_many_requests(aws: Client) -> None:
    for number in range(3):
        _, body = aws.ask(f"GET /{number} HTTP/1.1\nHost: {AWS}")
        assert json.loads(body)["url"] == f"https://{AWS}/{number}"


def test_a_connection_closes_when_the_client_says_so(aws: Client) -> None:
    assert aws.ask(f"GET / HTTP/1.1\nHost: {AWS}\nConnection: close")[0] == 200
    assert aws.socket.recv(1) == b""


def test_a_large_body_arrives_whole(aws: Client) -> None:
    size = 20 << 20
    _, body = aws.ask(f"PUT / HTTP/1.1\nHost: {AWS}\nContent-Length: {size}", bytes(size))
    assert json.loads(body)["length"] == size


def test_the_answer_of_head_has_no_body(aws: Client) -> None:
    assert aws.ask(f"HEAD / HTTP/1.1\nHost: {AWS}") == (200, b"")
    assert aws.ask(f"GET / HTTP/1.1\nHost: {AWS}")[0] == 200


@pytest.mark.parametrize(
    "request_",
    [
        "nonsense", "GET k HTTP/1.1\nHost: {AWS}", "GET [/k HTTP/1.1\nHost: {AWS}",
        "GET https://{AWS}/k HTTP/1.1\nHost: {AWS}", "GET /k#f HTTP/1.1\nHost: {AWS}",
        "GET /k HTTP/1.1\nHost: {AWS}\nHost: {AWS}", "PUT /k HTTP/1.1\nContent-Length: x",
    ],
)  # fmt: skip
def test_what_is_no_http_has_an_answer_and_ends_the_connection(aws: Client, request_: str) -> None:
    status, body = aws.ask(request_.replace("{AWS}", AWS))
    assert (status, body) == (400, b"An error occurred when parsing the HTTP request.")
    assert aws.socket.recv(1) == b""


def test_a_cut_connection_is_closed_without_an_answer(aws: Client) -> None:
    aws.send(f"GET /cut HTTP/1.1\nHost: {AWS}")
    assert aws.socket.recv(1) == b""


def test_a_client_without_the_bundle_does_not_trust_the_proxy(client: Client) -> None:
    client.connect(AWS)
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(client.socket, server_hostname=AWS)


def test_a_client_of_botocore_needs_only_the_proxy_and_the_bundle(
    proxy: ProxyServer, authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.certificate_file))
    client: Any = Session().create_client(
        "lambda",
        "us-east-1",
        aws_access_key_id="AKIA",
        aws_secret_access_key="secret",  # noqa: S106 - no secret: the gateway does not check it
        config=Config(proxies={"https": proxy.address}),
    )
    response = client.invoke(FunctionName="f", Payload=b"{}")
    echo = json.loads(response["Payload"].read())
    assert echo["url"].endswith("/2015-03-31/functions/f/invocations")


def test_bytes_to_another_host_pass_unchanged(client: Client, echo_port: int) -> None:
    assert client.connect("127.0.0.1", echo_port) == 200
    data = bytes(range(256)) * 256
    client.socket.sendall(data)
    received = b""
    while len(received) < len(data):
        received += client.socket.recv(1 << 16)
    assert received == data


def test_a_host_that_cannot_be_reached_is_a_bad_gateway(client: Client) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        status, body = client.ask(f"CONNECT 127.0.0.1:{port} HTTP/1.1\nHost: 127.0.0.1")
    assert status == 502
    assert body.startswith(f"cannot reach 127.0.0.1:{port}".encode())


@pytest.mark.parametrize("host", [AWS, "example.org"])
def test_plain_http_is_forbidden(client: Client, host: str) -> None:
    status, body = client.ask(f"GET http://{host}/ HTTP/1.1\nHost: {host}")
    assert status == 403
    assert b"in TLS only" in body


def test_bytes_that_are_no_http_close_the_connection(client: Client) -> None:
    client.socket.sendall(b"nonsense\r\n\r\n")
    assert client.socket.recv(1) == b""
