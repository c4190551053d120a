"""HTTP/1.1 on a socket, as far as AWS's clients and proxies use it.

What RFC 9112 calls malformed is refused: two readers of it could disagree where a request ends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from botocore.awsrequest import HeadersDict

from localcloud.gateway.http import Response

_MAX_LINE = 1 << 16
_MAX_BODY = 5 << 30  # S3's limit of one request
_NO_BODY = {204, 304}
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(%b) ([\x21-\x7e]+) HTTP/1\.[01]\r?\n" % _TOKEN)
_HEADER = re.compile(rb"(%b):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*\r?\n" % _TOKEN)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Two of them could say two things.
_SINGLE = ("host", "content-length", "transfer-encoding", "authorization")


class BadRequest(Exception):
    """The bytes are not a request that is understood here."""


@dataclass
class Head:
    """Request line and headers."""

    method: str
    target: str
    headers: HeadersDict

    @property
    def keep_alive(self) -> bool:
        return "close" not in self.headers.get("Connection", "").lower()


def read_head(stream: BinaryIO) -> Head | None:
    """The next request's head; None when the client has closed the connection."""
    line = _line(stream)
    if line in (b"\r\n", b"\n"):  # "SHOULD ignore at least one empty line"
        line = _line(stream)
    if not line:
        return None
    first = _REQUEST_LINE.fullmatch(line)
    if first is None:
        raise BadRequest("malformed request line")
    headers, names = HeadersDict(), set()
    for line in _lines_to_the_empty_one(stream):
        match = _HEADER.fullmatch(line)
        if match is None:
            raise BadRequest("malformed header")
        name = match[1].decode()
        lower = name.lower()
        if lower in names and lower in _SINGLE:
            raise BadRequest(f"two headers {name}")
        names.add(lower)
        headers[name] = _decoded(match[2])
    return Head(first[1].decode(), first[2].decode(), headers)


def _decoded(value: bytes) -> str:
    """UTF-8, as S3 takes metadata; other bytes are what HTTP once said they are."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def read_body(stream: BinaryIO, reply: BinaryIO, head: Head) -> bytes:
    """The whole body. boto3 waits for 100 Continue before it sends an upload."""
    if head.headers.get("Expect", "").lower() == "100-continue":
        reply.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        reply.flush()
    encoding = head.headers.get("Transfer-Encoding")
    if encoding is not None:
        if encoding.lower() != "chunked" or "Content-Length" in head.headers:
            raise BadRequest("the length of the body is not plain")
        return _read_chunks(stream)
    length = _number(head.headers.get("Content-Length", "0"), 10)
    return _read(stream, length)


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks, total = [], 0
    while size := _number(_line(stream).split(b";")[0].strip().decode("latin-1"), 16):
        total += size
        if total > _MAX_BODY:
            raise BadRequest("the body is too long")
        chunks.append(_read(stream, size))
        if _line(stream) not in (b"\r\n", b"\n"):
            raise BadRequest("a chunk is longer than it says")
    for _ in _lines_to_the_empty_one(stream):
        pass  # trailers
    return b"".join(chunks)


def _number(text: str, base: int) -> int:
    """As in a header: int would take signs, spaces and underscores as well."""
    digits = "0-9" if base == 10 else "0-9a-fA-F"
    if not re.fullmatch(f"[{digits}]{{1,16}}", text, re.ASCII) or int(text, base) > _MAX_BODY:
        raise BadRequest("no length of a body")
    return int(text, base)


def _read(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length) if length else b""
    if len(body) < length:
        raise BadRequest("the body ended early")
    return body


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(_MAX_LINE)
    if line and not line.endswith(b"\n"):
        raise BadRequest("a line is too long, or ended early")
    return line


def _lines_to_the_empty_one(stream: BinaryIO) -> Iterator[bytes]:
    while (line := _line(stream)) not in (b"\r\n", b"\n"):
        if not line:
            raise BadRequest("the headers ended early")
        yield line


def write_response(stream: BinaryIO, head: Head, response: Response) -> None:
    """Write the whole response at once: small packets would wait for one another."""
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    names = {name.lower() for name in response.headers}
    lines += [
        f"{name}: {_CONTROL.sub(' ', value)}"
        for name, value in response.headers.items()
        if name.lower() not in ("connection", "transfer-encoding")
    ]
    if "content-length" not in names and response.status not in _NO_BODY:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'keep-alive' if head.keep_alive else 'close'}")
    body = b"" if head.method == "HEAD" or response.status in _NO_BODY else response.body
    data = "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body
    stream.write(data)
    stream.flush()
