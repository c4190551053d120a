"""The proxy's listener: one thread for each connection."""

import io
import logging
import re
import socket
import socketserver
import ssl
import threading
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict

from localcloud.gateway.gateway import ConnectionCut, Gateway
from localcloud.gateway.http import Request
from localcloud.proxy.certificates import CertificateAuthority
from localcloud.proxy.senders import why_refused
from localcloud.proxy.tunnel import Upstream, open_tunnel, relay
from localcloud.proxy.wire import BadRequest, Head, read_body, read_head, write_response

log = logging.getLogger(__name__)

_AWS_HOST = re.compile(r"(^|\.)(amazonaws\.com|api\.aws)$")

_CLOSING = Head("GET", "/", HeadersDict({"Connection": "close"}))
_TLS_RECORD_BYTES = 1 << 14
_NO_TLS = "The local cloud answers for the hosts of AWS, as their proxy and in TLS only."


def is_aws_host(host: str) -> bool:
    """Also with the dot of a whole name, which would lead to AWS itself."""
    return bool(_AWS_HOST.search(host.lower().removesuffix(".")))


class ProxyServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1; ``address`` is what HTTPS_PROXY should hold."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(
        self,
        gateway: Gateway,
        authority: CertificateAuthority,
        upstream: Upstream | None,
        port: int = 0,
    ) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.gateway = gateway
        self.authority = authority
        self.upstream = upstream
        self.port = int(self.server_address[1])
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, name="proxy", daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Connection(socketserver.BaseRequestHandler):
    server: ProxyServer

    def handle(self) -> None:
        connection: socket.socket = self.request
        # A small reply must not wait for the next packet.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._serve(connection)
        except (OSError, BadRequest, ValueError) as error:
            # The client has closed its end, or does not speak HTTP.
            log.debug("connection ended", extra={"reason": repr(error)})

    def _serve(self, connection: socket.socket) -> None:
        # Unbuffered: after CONNECT the next bytes belong to TLS, or to the tunnel.
        head = read_head(cast(BinaryIO, connection.makefile("rb", buffering=0)))
        if head is None:
            return
        if head.method != "CONNECT":
            self._refuse_plain(connection, head)
            return
        host, _, port = head.target.rpartition(":")
        if is_aws_host(host):
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._intercept(connection, host.removesuffix("."))
        else:
            self._tunnel(connection, host, int(port))

    def _intercept(self, connection: socket.socket, host: str) -> None:
        context = self.server.authority.context(host)
        try:
            secure = context.wrap_socket(connection, server_side=True)
        except ssl.SSLError as error:
            log.warning(
                "TLS handshake failed; does the client trust AWS_CA_BUNDLE?",
                extra={"host": host, "reason": str(error)},
            )
            return
        with secure:
            reader = cast(BinaryIO, secure.makefile("rb", buffering=_TLS_RECORD_BYTES))
            writer = cast(BinaryIO, secure.makefile("wb", buffering=_TLS_RECORD_BYTES))
            while self._serve_one(reader, writer, host):
                pass

    def _serve_one(self, reader: BinaryIO, writer: BinaryIO, host: str) -> bool:
        """Answer the next request; False when the connection is to be closed."""
        with self.server.gateway.cpu.part("proxy"):
            try:
                head = read_head(reader)
                body = read_body(reader, writer, head) if head else b""
            except BadRequest as error:
                self._refuse_malformed(writer, host, error)
                return False
            return head is not None and self._answer(writer, host, head, body)

    def _refuse_malformed(self, writer: BinaryIO, host: str, error: BadRequest) -> None:
        """The words are those of S3."""
        log.info("malformed request", extra={"host": host, "reason": str(error)})
        request = Request("GET", f"https://{host}/", HeadersDict())
        words = "An error occurred when parsing the HTTP request."
        response = self.server.gateway.refuse(request, "BadRequest", words, 400)
        write_response(writer, _CLOSING, response)

    def _answer(self, writer: BinaryIO, host: str, head: Head, body: bytes) -> bool:
        if not head.target.startswith("/") or "#" in head.target:
            self._refuse_malformed(writer, host, BadRequest("malformed target"))
            return False
        request = Request(head.method, f"https://{host}{head.target}", head.headers, body)
        gateway = self.server.gateway
        try:
            if reason := why_refused(request):
                response = gateway.refuse(request, "AccessDenied", reason, 403)
            else:
                response = gateway.handle(request)
        except ConnectionCut:
            return False
        write_response(writer, head, response)
        return head.keep_alive

    def _tunnel(self, connection: socket.socket, host: str, port: int) -> None:
        try:
            remote = open_tunnel(host, port, self.server.upstream)
        except OSError as error:
            message = f"cannot reach {host}:{port}: {error}".encode()
            connection.sendall(
                b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n" % len(message)
            )
            connection.sendall(message)
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        relay(connection, remote)

    def _refuse_plain(self, connection: socket.socket, head: Head) -> None:
        """`localcloud env` makes this the proxy of HTTPS only, and AWS hosts require TLS here."""
        # No host: to its sender this is a server, as to a page whose name was led to this port.
        has_host = bool(urlsplit(head.target).hostname)
        url = head.target if has_host else f"http://{head.headers.get('Host')}/"
        request = Request(head.method, url, head.headers)
        write_response(
            cast(BinaryIO, io.BufferedWriter(connection.makefile("wb", buffering=0))),
            _CLOSING,
            self.server.gateway.refuse(request, "AccessDenied", _NO_TLS, 403),
        )
