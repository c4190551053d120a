"""A tunnel leads to its host directly, or through the user's own proxy."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from localcloud.proxy.tunnel import Upstream, open_tunnel, relay


@pytest.mark.parametrize(
    ("url", "upstream"),
    [
        (None, None),
        ("", None),
        ("http://proxy.example:3128", Upstream("proxy.example", 3128)),
        ("proxy.example", Upstream("proxy.example", 8080)),
        ("http://me:p%40ss@proxy", Upstream("proxy", 8080, "Basic bWU6cEBzcw==")),
    ],
)
def test_the_users_proxy_is_read_from_https_proxy(
    url: str | None, upstream: Upstream | None
) -> None:
    assert Upstream.parse(url) == upstream


@pytest.fixture
def proxy_that_answers() -> Callable[[bytes], tuple[Upstream, list[bytes]]]:
    """``(status line)``: an upstream proxy that answers so, and the requests it gets."""

    def start(status_line: bytes) -> tuple[Upstream, list[bytes]]:
        listener = socket.create_server(("127.0.0.1", 0))
        requests: list[bytes] = []

        def answer() -> None:
            connection, _ = listener.accept()
            with connection, listener:
                requests.append(connection.recv(1000))
                connection.sendall(status_line + b"\r\nX: y\r\n\r\nhello")

        threading.Thread(target=answer, daemon=True).start()
        return Upstream("127.0.0.1", listener.getsockname()[1], "Basic abc"), requests

    return start


def test_a_tunnel_leads_to_the_host(echo_port: int) -> None:
    with open_tunnel("127.0.0.1", echo_port, None) as connection:
        connection.sendall(b"hello")
        assert connection.recv(10) == b"hello"


def test_a_tunnel_leads_through_the_users_proxy(
    proxy_that_answers: Callable[[bytes], tuple[Upstream, list[bytes]]],
) -> None:
    upstream, requests = proxy_that_answers(b"HTTP/1.1 200 Connection established")
    with open_tunnel("example.org", 443, upstream) as connection:
        assert connection.recv(10) == b"hello"
    assert requests == [
        b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n"
        b"Proxy-Authorization: Basic abc\r\n\r\n"
    ]


def test_a_refusal_of_the_users_proxy_is_an_error(
    proxy_that_answers: Callable[[bytes], tuple[Upstream, list[bytes]]],
) -> None:
    upstream, _ = proxy_that_answers(b"HTTP/1.1 407 Proxy Authentication Required")
    with pytest.raises(OSError, match="the upstream proxy refused a tunnel"):
        open_tunnel("example.org", 443, upstream)


def test_a_relay_ends_when_either_side_closes() -> None:
    client, near = socket.socketpair()
    far, remote = socket.socketpair()
    thread = threading.Thread(target=relay, args=(near, far), daemon=True)
    thread.start()
    with client, remote:
        client.sendall(b"ping")
        assert remote.recv(10) == b"ping"
        remote.sendall(b"pong")
        assert client.recv(10) == b"pong"
        remote.close()
        assert client.recv(10) == b""
    thread.join(timeout=10)
    assert not thread.is_alive()
