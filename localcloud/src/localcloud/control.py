"""Commands to the running cloud that AWS does not have, such as switching faults.

They come through a loopback port, with a secret, both in a file that only its owner can read.
"""

import json
import secrets
import socket
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from localcloud.private_files import write_private

Command = dict[str, Any]


class BadCommand(Exception):
    """The running cloud does not take the command."""


class Control:
    """Listens for commands, one a connection; ``execute`` answers the lines to print."""

    def __init__(self, folder: Path, execute: Callable[[Command], list[str]]) -> None:
        self._execute = execute
        key = secrets.token_hex(16)
        self._listener = Listener(("127.0.0.1", 0), authkey=key.encode())
        self._address = {"port": self._listener.address[1], "key": key}
        write_private(_file(folder), json.dumps(self._address).encode())
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        # Wakes the thread if it waits; a handshake would block if it does not.
        socket.create_connection(self._listener.address).close()
        self._thread.join(timeout=5)
        self._listener.close()

    def _serve(self) -> None:
        while not self._closed:
            try:
                with self._listener.accept() as connection:
                    if not self._closed:
                        self._answer(connection)
            except (AuthenticationError, EOFError, OSError):
                continue  # a client without the secret, or one that has closed its end

    def _answer(self, connection: Connection) -> None:
        answer: dict[str, Any]
        try:
            answer = {"lines": self._execute(json.loads(connection.recv_bytes()))}
        except (BadCommand, ValueError, KeyError, TypeError) as error:
            answer = {"error": str(error)}
        connection.send_bytes(json.dumps(answer).encode())


def send(folder: Path, command: Command) -> list[str]:
    """Send a command to the cloud that runs on this state folder. Raises BadCommand."""
    with _connect(json.loads(_file(folder).read_text())) as connection:
        connection.send_bytes(json.dumps(command).encode())
        answer = json.loads(connection.recv_bytes())
    if "error" in answer:
        raise BadCommand(answer["error"])
    lines: list[str] = answer["lines"]
    return lines


def _connect(address: dict[str, Any]) -> Connection:
    return Client(("127.0.0.1", address["port"]), authkey=address["key"].encode())


def _file(folder: Path) -> Path:
    return folder / "control.json"
