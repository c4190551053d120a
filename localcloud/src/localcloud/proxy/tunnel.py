"""Tunnels to hosts that are not AWS's, through the user's own proxy if there is one."""

import base64
import selectors
import socket
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_CONNECT_SECONDS = 10
_BUFFER = 1 << 16


@dataclass(frozen=True)
class Upstream:
    """The proxy that the user already had."""

    host: str
    port: int
    authorization: str | None = None

    @staticmethod
    def parse(url: str | None) -> "Upstream | None":
        """From the value of HTTPS_PROXY; None if it is unset."""
        if not url:
            return None
        parts = urlsplit(url if "://" in url else f"http://{url}")
        authorization = None
        if parts.username:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = "Basic " + base64.b64encode(secret.encode()).decode()
        return Upstream(parts.hostname or "", parts.port or 8080, authorization)


def open_tunnel(host: str, port: int, upstream: Upstream | None) -> socket.socket:
    """A connected socket to ``host:port``. Raises OSError."""
    if upstream is None:
        return socket.create_connection((host, port), timeout=_CONNECT_SECONDS)
    connection = socket.create_connection((upstream.host, upstream.port), timeout=_CONNECT_SECONDS)
    request = f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
    if upstream.authorization:
        request += f"Proxy-Authorization: {upstream.authorization}\r\n"
    connection.sendall(request.encode() + b"\r\n")
    head = b""
    while b"\r\n\r\n" not in head and (data := connection.recv(1)):
        head += data
    if b" 200 " not in head.split(b"\r\n", 1)[0] + b" ":
        connection.close()
        raise OSError(f"the upstream proxy refused a tunnel to {host}:{port}")
    return connection


def relay(client: socket.socket, remote: socket.socket) -> None:
    """Copy bytes in both directions until either side closes."""
    client.settimeout(None)
    remote.settimeout(None)
    with selectors.DefaultSelector() as selector, client, remote:
        selector.register(client, selectors.EVENT_READ, remote)
        selector.register(remote, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)  # noqa: S101 - for the type checker
                try:
                    data = source.recv(_BUFFER)
                    key.data.sendall(data)
                except OSError:
                    return
                if not data:
                    return
