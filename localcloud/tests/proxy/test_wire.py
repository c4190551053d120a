"""Requests are read and responses written as HTTP/1.1 has them."""

from __future__ import annotations

import io

import pytest
from botocore.awsrequest import HeadersDict

from localcloud.gateway.http import Response
from localcloud.proxy.wire import BadRequest, Head, read_body, read_head, write_response


def head(method: str = "GET", **headers: str) -> Head:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Head(method, "/", HeadersDict(named), b"")


def body_of(data: bytes, **headers: str) -> tuple[bytes, bytes]:
    """The body, and what is replied before it is sent."""
    reply = io.BytesIO()
    return read_body(io.BytesIO(data), reply, head("PUT", **headers)), reply.getvalue()


def written(method: str, response: Response, **headers: str) -> list[str]:
    stream = io.BytesIO()
    write_response(stream, head(method, **headers), response)
    return stream.getvalue().decode().split("\r\n")


def test_a_head_has_method_target_and_headers() -> None:
    raw = b"GET /a?b HTTP/1.1\r\nHost: x\r\nX-Amz-Date:  1 \r\n\r\n"
    request = read_head(io.BytesIO(raw + b"body"))
    assert request
    assert (request.method, request.target, request.raw) == ("GET", "/a?b", raw)
    assert (request.headers["host"], request.headers["x-amz-date"]) == ("x", "1")


def test_there_is_no_head_when_the_client_has_closed_its_end() -> None:
    assert read_head(io.BytesIO(b"")) is None


def test_a_malformed_request_line_is_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="malformed request line"):
        read_head(io.BytesIO(b"GET\r\n\r\n"))


@pytest.mark.parametrize(("headers", "keep_alive"), [({}, True), ({"Connection": "Close"}, False)])
def test_connections_are_kept_unless_the_client_closes_them(
    headers: dict[str, str], keep_alive: bool
) -> None:
    assert head(**headers).keep_alive == keep_alive


def test_a_body_has_the_length_of_its_header() -> None:
    assert body_of(b"abcdef", Content_Length="3")[0] == b"abc"
    assert body_of(b"abcdef")[0] == b""


def test_a_body_may_come_in_chunks_with_trailers() -> None:
    chunks = b"3\r\nabc\r\n2;name=value\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
    assert body_of(chunks, Transfer_Encoding="chunked")[0] == b"abcde"


def test_a_body_that_ends_early_is_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="the body ended early"):
        body_of(b"ab", Content_Length="3")


def test_a_client_that_expects_it_is_told_to_continue() -> None:
    body, reply = body_of(b"abc", Content_Length="3", Expect="100-continue")
    assert (body, reply) == (b"abc", b"HTTP/1.1 100 Continue\r\n\r\n")


def test_a_response_has_status_headers_and_body() -> None:
    lines = written("GET", Response(404, {"X-A": "b", "Connection": "x"}, b"no"))
    assert lines == [
        "HTTP/1.1 404 Not Found", "X-A: b", "Content-Length: 2", "Connection: keep-alive", "", "no",
    ]  # fmt: skip


def test_a_response_to_head_keeps_the_length_of_the_body() -> None:
    lines = written("HEAD", Response(200, {"Content-Length": "7"}), Connection="close")
    assert lines == ["HTTP/1.1 200 OK", "Content-Length: 7", "Connection: close", "", ""]


def test_a_response_without_content_has_no_length() -> None:
    assert written("GET", Response(204)) == [
        "HTTP/1.1 204 No Content", "Connection: keep-alive", "", "",
    ]  # fmt: skip
