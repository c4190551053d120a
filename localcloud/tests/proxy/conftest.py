"""A proxy whose gateway echoes requests, and a server that is not AWS's."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import cast

import pytest

from localcloud.cpu import CpuMeter
from localcloud.gateway.gateway import ConnectionCut, Gateway
from localcloud.gateway.http import Request, Response
from localcloud.proxy import ProxyServer
from localcloud.proxy.certificates import CertificateAuthority
from localcloud.proxy.tunnel import Upstream

AWS = "sqs.us-east-1.amazonaws.com"


class EchoGateway:
    """Answers with the request; cuts the connection of a path ``/cut``."""

    def __init__(self) -> None:
        self.cpu = CpuMeter()

    def handle(self, request: Request) -> Response:
        if request.parts.path == "/cut":
            raise ConnectionCut(request.host)
        echo = {"method": request.method, "url": request.url, "length": len(request.body)}
        return Response(200, {"Content-Type": "application/json"}, json.dumps(echo).encode())

    def refuse(self, _request: Request, _code: str, words: str, status: int) -> Response:
        return Response(status, {}, words.encode())


class Echo(socketserver.BaseRequestHandler):
    """Sends every byte back, until the client closes its end."""

    def handle(self) -> None:
        while data := self.request.recv(1 << 16):
            self.request.sendall(data)


class EchoServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


class Client:
    """An HTTP client on a socket, which may be in TLS."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection

    def send(self, text: str, body: bytes = b"") -> None:
        self.socket.sendall(text.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)

    def response(self, method: str = "GET") -> tuple[int, bytes]:
        response = HTTPResponse(self.socket, method=method)
        response.begin()
        return response.status, response.read()

    def ask(self, text: str, body: bytes = b"") -> tuple[int, bytes]:
        self.send(text, body)
        return self.response(text.split()[0])

    def connect(self, host: str, port: int = 443) -> int:
        """The status of CONNECT; afterwards the socket is a tunnel."""
        self.send(f"CONNECT {host}:{port} HTTP/1.1\nHost: {host}")
        head = b""
        while not head.endswith(b"\r\n\r\n") and (data := self.socket.recv(1)):
            head += data
        return int(head.split()[1])


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path)


def serve(authority: CertificateAuthority, upstream: Upstream | None = None) -> ProxyServer:
    server = ProxyServer(cast(Gateway, EchoGateway()), authority, upstream)
    server.start()
    return server


@pytest.fixture
def proxy(authority: CertificateAuthority) -> Iterator[ProxyServer]:
    server = serve(authority)
    yield server
    server.stop()


@pytest.fixture
def client(proxy: ProxyServer) -> Iterator[Client]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        yield Client(connection)


@pytest.fixture
def aws(client: Client, authority: CertificateAuthority) -> Iterator[Client]:
    """A client that trusts the authority, in TLS with a host of AWS's."""
    assert client.connect(AWS) == 200
    context = ssl.create_default_context(cafile=str(authority.certificate_file))
    with context.wrap_socket(client.socket, server_hostname=AWS) as secure:
        yield Client(secure)


@pytest.fixture
def echo_port() -> Iterator[int]:
    """The port of a server on this machine that sends every byte back."""
    with EchoServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()
