"""HTTP/1.1 on a socket, as far as AWS's clients and proxies use it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from botocore.awsrequest import HeadersDict

from localcloud.gateway.http import Response

_MAX_LINE = 1 << 16
_NO_BODY = {204, 304}


class BadRequest(Exception):
    """The bytes are not a request that is understood here."""


@dataclass
class Head:
    """Request line and headers. ``raw``: the bytes as they came, for passing on."""

    method: str
    target: str
    headers: HeadersDict
    raw: bytes

    @property
    def keep_alive(self) -> bool:
        return "close" not in self.headers.get("Connection", "").lower()


def read_head(stream: BinaryIO) -> Head | None:
    """The next request's head; None when the client has closed the connection."""
    line = stream.readline(_MAX_LINE)
    if not line.strip():
        return None
    try:
        method, target, _version = line.decode("latin-1").split()
    except ValueError as error:
        raise BadRequest("malformed request line") from error
    headers, raw = HeadersDict(), [line]
    while (line := stream.readline(_MAX_LINE)) not in (b"\r\n", b"\n", b""):
        raw.append(line)
        name, _, value = line.decode("utf-8", "surrogateescape").partition(":")
        headers[name.strip()] = value.strip()
    return Head(method, target, headers, b"".join(raw) + b"\r\n")


def read_body(stream: BinaryIO, reply: BinaryIO, head: Head) -> bytes:
    """The whole body. boto3 waits for 100 Continue before it sends an upload."""
    if head.headers.get("Expect", "").lower() == "100-continue":
        reply.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        reply.flush()
    if "chunked" in head.headers.get("Transfer-Encoding", "").lower():
        return _read_chunks(stream)
    length = int(head.headers.get("Content-Length") or 0)
    body = stream.read(length) if length else b""
    if len(body) < length:
        raise BadRequest("the body ended early")
    return body


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks = []
    while size := int(stream.readline(_MAX_LINE).split(b";")[0], 16):
        chunks.append(stream.read(size))
        stream.readline()
    while stream.readline(_MAX_LINE) not in (b"\r\n", b"\n", b""):
        pass  # trailers
    return b"".join(chunks)


def write_response(stream: BinaryIO, head: Head, response: Response) -> None:
    """Write the whole response at once: small packets would wait for one another."""
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    names = {name.lower() for name in response.headers}
    lines += [
        f"{name}: {value}"
        for name, value in response.headers.items()
        if name.lower() not in ("connection", "transfer-encoding")
    ]
    if "content-length" not in names and response.status not in _NO_BODY:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'keep-alive' if head.keep_alive else 'close'}")
    body = b"" if head.method == "HEAD" or response.status in _NO_BODY else response.body
    data = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
    stream.write(data)
    stream.flush()
