"""The server side of Lambda's Runtime API for one sandbox, without a thread of its own.

The thread that invokes also serves: it waits for the runtime's HTTP requests, for the function's
output, and for the end of the process, all at once. Between invocations nobody reads, and the
sandbox waits in its ``next`` request, as a frozen one does on AWS.

Every process of the machine reaches the port. The paths therefore begin with a secret of the
sandbox: nobody else takes its events, which come with the credentials of a role, or answers them.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import hmac
import os
import secrets
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import responses

_TICK = 0.05  # seconds between looks at the sandbox's memory
_LONGEST_LINE = 1 << 12
_PIPE_BYTES = 1 << 16  # as many as a pipe holds


@dataclass
class RuntimeRequest:
    """One HTTP request of the runtime client."""

    connection: socket.socket
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        head = [f"HTTP/1.1 {status} {responses[status]}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        head += [f"Content-Length: {len(body)}", "", ""]
        self.connection.sendall("\r\n".join(head).encode() + body)

    def accept(self) -> None:
        self.answer(202, {"Content-Type": "application/json"}, b'{"status":"OK"}')

    def error_type(self, default: str) -> str:
        return self.headers.get("lambda-runtime-function-error-type", default)


class SandboxExited(Exception):
    """The sandbox's process ended."""


class DeadlinePassed(Exception):
    """Nothing came before the deadline."""


@dataclass
class RuntimeLink:
    """Reads all output of one sandbox: HTTP requests on a loopback port, and bytes on pipes.

    ``pipes`` maps a file descriptor to the function that takes its bytes; the end of file of
    ``life`` (a pipe whose other end only the sandbox's process holds) means that the process ended.
    ``on_tick`` is called while waiting.
    """

    pipes: dict[int, Callable[[bytes], None]]
    life: int
    on_tick: Callable[[], None]
    listener: socket.socket = field(init=False)
    has_exited: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._prefix = f"/{secrets.token_urlsafe(16)}"
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=8)
        self.listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.listener, selectors.EVENT_READ, "listener")
        self._buffers: dict[socket.socket, bytearray] = {}
        for pipe in self.pipes:
            os.set_blocking(pipe, False)
            self._selector.register(pipe, selectors.EVENT_READ, "pipe")

    @property
    def address(self) -> str:
        """The value of AWS_LAMBDA_RUNTIME_API: the client puts the path of each call behind it."""
        return f"127.0.0.1:{self.listener.getsockname()[1]}{self._prefix}"

    def wait(self, deadline: float) -> RuntimeRequest:
        """Return the next request. Raises SandboxExited, or DeadlinePassed (time.monotonic()).

        What the sandbox wrote before the request has been read, too: it was ready no later.
        """
        while not self.has_exited and (remaining := deadline - time.monotonic()) > 0:
            events = self._selector.select(min(remaining, _TICK))
            if not events:
                self.on_tick()
            if request := self._read(events):
                return request
        raise SandboxExited if self.has_exited else DeadlinePassed

    def drain(self) -> None:
        """Read what is still in the pipes of a process that has ended."""
        for pipe in list(self.pipes):
            while self._read_pipe(pipe):
                pass

    def close(self) -> None:
        for connection in list(self._buffers):
            connection.close()
        self._selector.close()
        self.listener.close()
        for pipe in self.pipes:
            os.close(pipe)
        self.pipes = {}

    def _read(self, events: list[tuple[selectors.SelectorKey, int]]) -> RuntimeRequest | None:
        request = None
        for key, _ in events:
            if key.data == "listener":
                self._accept()
            elif key.data == "pipe":
                self._read_pipe(key.fd)
            else:
                request = self._read_socket(key.fileobj) or request  # type: ignore[arg-type]  # registered as a socket
        return request

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffers[connection] = bytearray()
        self._selector.register(connection, selectors.EVENT_READ, "socket")

    def _read_pipe(self, pipe: int) -> bool:
        try:
            data = os.read(pipe, _PIPE_BYTES)
        except BlockingIOError:
            return False
        if data:
            self.pipes[pipe](data)
        elif pipe in self._selector.get_map():
            self._selector.unregister(pipe)
            self.has_exited = self.has_exited or pipe == self.life
        return bool(data)

    def _read_socket(self, connection: socket.socket) -> RuntimeRequest | None:
        try:
            data = connection.recv(1 << 18)
        except ConnectionError:
            data = b""
        buffer = self._buffers[connection]
        buffer += data
        if not data or not self._is_ours(buffer):
            self._drop(connection)
            return None
        request = _parse(connection, buffer)
        if request:
            buffer.clear()
        return request

    def _is_ours(self, buffer: bytearray) -> bool:
        """Whether the first line has the secret; a part of a line tells nothing."""
        line, end, _ = bytes(buffer).partition(b"\r\n")
        if not end:
            return len(line) < _LONGEST_LINE
        _method, _, path = line.partition(b" ")
        return hmac.compare_digest(path[: len(self._prefix)], self._prefix.encode())

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._buffers[connection]
        connection.close()


def _parse(connection: socket.socket, buffer: bytearray) -> RuntimeRequest | None:
    """Return the request in ``buffer`` if it is complete. The client never pipelines."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = buffer[end + 4 :]
    if len(body) < int(headers.get("content-length", 0)):
        return None
    method, path, _ = first.split(" ", 2)
    return RuntimeRequest(connection, method, path, headers, bytes(body))
