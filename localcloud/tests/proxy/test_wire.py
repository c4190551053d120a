"""Requests are read and responses written as HTTP/1.1 has them."""

from __future__ import annotations

import io

import pytest
from botocore.awsrequest import HeadersDict

from localcloud.gateway.http import Response
from localcloud.proxy.wire import BadRequest, Head, read_body, read_head, write_response


def head(method: str = "GET", **headers: str) -> Head:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Head(method, "/", HeadersDict(named))


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
    assert (request.method, request.target) == ("GET", "/a?b")
    assert (request.headers["host"], request.headers["x-amz-date"]) == ("x", "1")


def test_there_is_no_head_when_the_client_has_closed_its_end() -> None:
    assert read_head(io.BytesIO(b"")) is None


@pytest.mark.parametrize(
    "line",
    [
        b"GET", b"GET /k", b"GET /k x HTTP/1.1", b"GET  /k HTTP/1.1", b"GET\t/k\tHTTP/1.1",
        b"GET /k HTTP/3.0", b"GET /k\x01 HTTP/1.1", b"GET /k\x00 HTTP/1.1", b"GET /k\xe9 HTTP/1.1",
        b"GET /k\rx HTTP/1.1", b"G\x01T /k HTTP/1.1", b"GET /" + b"a" * (1 << 16) + b" HTTP/1.1",
    ],
)  # fmt: skip
def test_a_malformed_request_line_is_a_bad_request(line: bytes) -> None:
    with pytest.raises(BadRequest):
        read_head(io.BytesIO(line + b"\r\nHost: x\r\n\r\n"))


@pytest.mark.parametrize(
    "line",
    [
        b"no colon", b": no name", b"space : x", b" folded", b"a: x\x00y", b"a: \x01", b"a: b\rc",
        b"a\x01: b", b"a: " + b"b" * (1 << 16), b"Host: two", b"content-length: 1",
    ],
)  # fmt: skip
def test_a_malformed_header_is_a_bad_request(line: bytes) -> None:
    head = b"PUT / HTTP/1.1\r\nHost: one\r\nContent-Length: 3\r\n"
    with pytest.raises(BadRequest):
        read_head(io.BytesIO(head + line + b"\r\n\r\n"))


def test_a_head_that_ends_early_is_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="ended early"):
        read_head(io.BytesIO(b"GET / HTTP/1.1\r\nHost: x\r\n"))


@pytest.mark.parametrize(("value", "text"), [(b"\xc3\xa9", "é"), (b"\xe9", "é"), (b"\ta", "a")])
def test_a_header_is_utf_8_or_latin_1(value: bytes, text: str) -> None:
    request = read_head(io.BytesIO(b"GET / HTTP/1.1\r\na: " + value + b"\r\n\r\n"))
    assert request
    assert request.headers["A"] == text


def test_an_empty_line_before_a_request_is_ignored() -> None:
    assert read_head(io.BytesIO(b"\r\nGET / HTTP/1.1\r\n\r\n"))


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


@pytest.mark.parametrize("length", ["-1", "x", "+3", "1_0", "", "3 3", "٣", str(6 << 30), "9" * 20])
def test_a_length_is_a_plain_number(length: str) -> None:
    with pytest.raises(BadRequest):
        body_of(b"abcdefghij", Content_Length=length)


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\nabc\r\n0\r\n\r\n", b"-3\r\nabc\r\n0\r\n\r\n", b"2\r\nabc\r\n0\r\n\r\n", b"3\r\nab",
        b"3\r\nabc\r\n", b"3\r\nabc\r\n0\r\n", b"f" * 20 + b"\r\n", b"",
    ],
)  # fmt: skip
def test_malformed_chunks_are_a_bad_request(chunks: bytes) -> None:
    with pytest.raises(BadRequest):
        body_of(chunks, Transfer_Encoding="chunked")


@pytest.mark.parametrize(
    "headers",
    [
        {"Transfer_Encoding": "gzip"},
        {"Transfer_Encoding": "gzip, chunked"},
        {"Transfer_Encoding": "chunked", "Content_Length": "3"},
    ],
)
def test_a_body_of_which_two_readers_could_see_another_end_is_a_bad_request(
    headers: dict[str, str],
) -> None:
    with pytest.raises(BadRequest, match="not plain"):
        body_of(b"0\r\n\r\n", **headers)


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


def test_a_value_does_not_make_another_header() -> None:
    lines = written("GET", Response(200, {"X-A": "b\r\nX-Evil: 1\0"}))
    assert lines[1] == "X-A: b  X-Evil: 1 "
