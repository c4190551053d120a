"""DNS over UDP and TCP on 127.0.0.1, one port a VPC."""

import logging
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

import dns.exception
import dns.flags
import dns.message

from localcloud.dns.resolver import VpcResolver

log = logging.getLogger(__name__)

_HOST = "127.0.0.1"
_ATTEMPTS = 20
# From a query and the largest answer (0: what the query says) to the answer, or None.
Reply = Callable[[bytes, int], bytes | None]
_Servers = tuple[socketserver.UDPServer, socketserver.TCPServer]


class DnsServer:
    """A function's sandbox asks the address of its own VPC, as on AWS the VPC's resolver."""

    def __init__(self, resolver: VpcResolver) -> None:
        self._resolver = resolver
        self._listeners: dict[str, _Servers] = {}
        self._lock = threading.Lock()

    def address_for(self, vpc_id: str) -> tuple[str, int]:
        """Return host and port (UDP and TCP) of a VPC's resolver, which listens from now on."""
        with self._lock:
            if vpc_id not in self._listeners:
                self._listeners[vpc_id] = servers = _bind(partial(_reply, self._resolver, vpc_id))
                for server in servers:
                    serve = partial(server.serve_forever, poll_interval=0.1)
                    threading.Thread(target=serve, name="dns", daemon=True).start()
            return _HOST, self._listeners[vpc_id][0].server_address[1]

    def reply(self, port: int, wire: bytes) -> bytes | None:
        """Answer a query as the VPC's resolver at this port does, without sockets."""
        with self._lock:
            vpcs = {udp.server_address[1]: vpc for vpc, (udp, _) in self._listeners.items()}
        return _reply(self._resolver, vpcs[port], wire, 65535)

    def close(self) -> None:
        with self._lock:
            for server in chain.from_iterable(self._listeners.values()):
                server.shutdown()
                server.server_close()
            self._listeners.clear()


def _reply(resolver: VpcResolver, vpc_id: str, wire: bytes, max_size: int) -> bytes | None:
    """Return the answer to a query, or None for what is not DNS: drop it."""
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return None
    try:
        response = resolver.answer(vpc_id, query)
    except Exception:
        # A defect of ours, or a record that does not parse: the resolver must answer all the same.
        log.exception("DNS query failed inside the local cloud", extra={"vpc": vpc_id})
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.SERVFAIL)
    try:
        return response.to_wire(max_size=max_size or max(query.payload, 512))
    except dns.exception.TooBig:
        truncated = dns.message.make_response(query)
        truncated.flags |= dns.flags.TC
        return truncated.to_wire()


def _bind(reply: Reply) -> _Servers:
    """Return a UDP and a TCP server on the same port."""
    for _ in range(_ATTEMPTS):
        udp = socketserver.UDPServer((_HOST, 0), partial(_UdpHandler, reply))
        try:
            return udp, _TcpServer(udp.server_address, partial(_TcpHandler, reply))
        except OSError:
            udp.server_close()  # the number is taken for TCP; try another
    raise OSError("no port is free for both UDP and TCP")


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Handler(socketserver.BaseRequestHandler):
    def __init__(self, reply: Reply, *arguments: Any) -> None:
        self._reply = reply
        super().__init__(*arguments)


class _UdpHandler(_Handler):
    def handle(self) -> None:
        wire, connection = self.request
        if (answer := self._reply(wire, 0)) is not None:
            connection.sendto(answer, self.client_address)


class _TcpHandler(_Handler):
    def handle(self) -> None:
        """Each message follows its length in two bytes (RFC 1035, 4.2.2)."""
        self.request.settimeout(10)
        while (head := _receive(self.request, 2)) is not None:
            wire = _receive(self.request, struct.unpack("!H", head)[0])
            answer = self._reply(wire, 65535) if wire else None
            if answer is None:
                return
            self.request.sendall(struct.pack("!H", len(answer)) + answer)


def _receive(connection: socket.socket, size: int) -> bytes | None:
    """Return exactly ``size`` bytes, or None if the connection ends before."""
    data = b""
    while len(data) < size:
        try:
            chunk = connection.recv(size - len(data))
        except OSError:
            return None
        if not chunk:
            return None
        data += chunk
    return data
