"""Keeps the bytes of objects in files: moto would keep them in memory, or a file open for each."""

import itertools
import tempfile
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from moto.s3 import models

_IN_MEMORY = 1024  # bytes of an object
_numbers = itertools.count()


class ObjectFile:
    """The bytes of one object, as far as moto uses a file for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._content = b""
        self._path: Path | None = None
        self._position = 0
        self._is_closed = False

    def seek(self, position: int) -> int:
        self._position = position
        return position

    def truncate(self) -> None:
        """Forget the content: moto does so before it writes, from the start."""
        if self._path:
            self._path.unlink(missing_ok=True)
        self._content, self._path = b"", None

    def write(self, data: bytes) -> int:
        """Append."""
        if self._path is None and len(self._content) + len(data) > _IN_MEMORY:
            self._folder.mkdir(exist_ok=True)
            self._path = self._folder / str(next(_numbers))
            data, self._content = self._content + data, b""
        if self._path is None:
            self._content += data
        else:
            with self._path.open("ab") as file:
                file.write(data)
        self._position += len(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        if self._is_closed:
            raise ValueError("I/O operation on closed file.")
        if self._path:
            with self._path.open("rb") as file:
                file.seek(self._position)
                data = file.read(size)
        else:
            end = None if size < 0 else self._position + size
            data = self._content[self._position : end]
        self._position += len(data)
        return data

    def close(self) -> None:
        self._is_closed = True
        with suppress(OSError):
            self.truncate()


def keep_objects_in(folder: Path) -> None:
    """Until ``keep_objects_in_memory``, the bytes of new objects of the process are files there."""
    module: Any = models
    module.tempfile = SimpleNamespace(SpooledTemporaryFile=lambda *_, **__: ObjectFile(folder))


def keep_objects_in_memory() -> None:
    module: Any = models
    module.tempfile = tempfile
