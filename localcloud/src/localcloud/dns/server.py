"""DNS over UDP on 127.0.0.1, one port a VPC. An answer of any length is one datagram."""

import logging
import socketserver
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import dns.exception
import dns.flags
import dns.message

from localcloud.dns.resolver import VpcResolver

log = logging.getLogger(__name__)

_HOST = "127.0.0.1"
_LARGEST_DATAGRAM = 65_507
Reply = Callable[[bytes], bytes | None]  # from a query to the answer, if there is one


class DnsServer:
    """A function's sandbox asks the address of its own VPC, as on AWS the VPC's resolver."""

    def __init__(self, resolver: VpcResolver) -> None:
        self._resolver = resolver
        self._listeners: dict[str, socketserver.UDPServer] = {}
        self._lock = threading.Lock()

    def address_for(self, vpc_id: str) -> tuple[str, int]:
        """Return host and port of a VPC's resolver, which listens from now on."""
        with self._lock:
            if vpc_id not in self._listeners:
                handler = partial(_Handler, partial(_reply, self._resolver, vpc_id))
                self._listeners[vpc_id] = server = socketserver.UDPServer((_HOST, 0), handler)
                serve = partial(server.serve_forever, poll_interval=0.1)
                threading.Thread(target=serve, name="dns", daemon=True).start()
            return _HOST, self._listeners[vpc_id].server_address[1]

    def reply(self, port: int, wire: bytes) -> bytes | None:
        """Answer a query as the VPC's resolver at this port does, without sockets."""
        with self._lock:
            vpcs = {udp.server_address[1]: vpc for vpc, udp in self._listeners.items()}
        return _reply(self._resolver, vpcs[port], wire)

    def close(self) -> None:
        with self._lock:
            for server in self._listeners.values():
                server.shutdown()
                server.server_close()
            self._listeners.clear()


class _Handler(socketserver.BaseRequestHandler):
    def __init__(self, reply: Reply, *arguments: Any) -> None:
        self._reply = reply
        super().__init__(*arguments)

    def handle(self) -> None:
        wire, connection = self.request
        if (answer := self._reply(wire)) is not None:
            connection.sendto(answer, self.client_address)


def _reply(resolver: VpcResolver, vpc_id: str, wire: bytes) -> bytes | None:
    """Return the answer to a query, or None for what is not DNS: drop it."""
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return None
    try:
        return resolver.answer(vpc_id, query).to_wire(max_size=_LARGEST_DATAGRAM)
    except Exception:
        # A defect of ours, or a record that does not parse: the resolver must answer all the same.
        log.exception("DNS query failed inside the local cloud", extra={"vpc": vpc_id})
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.SERVFAIL)
        return response.to_wire()
