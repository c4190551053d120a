"""Keeps the log events of moto's streams in a file, but for the latest ones of each stream."""

import json
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from moto.logs.models import LogEvent, LogStream

_IN_MEMORY = 500  # of a stream
_ATTRIBUTES = ("event_id", "ingestion_time", "timestamp", "message")


class _Place(NamedTuple):
    offset: int
    length: int


class EventFile:
    """Batches of events, compressed, in a file that is made when it is needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None

    def write(self, events: list[LogEvent]) -> _Place:
        rows = [[getattr(event, name) for name in _ATTRIBUTES] for event in events]
        data = zlib.compress(json.dumps(rows).encode(), 1)
        with self._lock:
            if self._file is None:
                self._file = self._path.open("w+b")
            offset = self._file.seek(0, 2)
            self._file.write(data)
        return _Place(offset, len(data))

    def read(self, place: _Place) -> list[LogEvent]:
        with self._lock:
            assert self._file is not None, "a place is of a file that was written"  # noqa: S101 - programmer error
            self._file.seek(place.offset)
            data = self._file.read(place.length)
        return [_event(row) for row in json.loads(zlib.decompress(data))]

    def close(self) -> None:
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None


class StoredEvents:
    """The events of a stream in the order of their arrival; moto uses them as a list."""

    def __init__(self, file: EventFile) -> None:
        self._file = file
        self._places: list[_Place] = []
        self._latest: list[LogEvent] = []
        self._length = 0

    def __iadd__(self, events: Iterable[LogEvent]) -> "StoredEvents":
        before = len(self._latest)
        self._latest += events
        self._length += len(self._latest) - before
        if len(self._latest) > _IN_MEMORY:
            self._places.append(self._file.write(self._latest))
            self._latest = []
        return self

    def __iter__(self) -> Iterator[LogEvent]:
        for place in tuple(self._places):
            yield from self._file.read(place)
        yield from tuple(self._latest)

    def __len__(self) -> int:
        return self._length


def _event(row: list[object]) -> LogEvent:
    """The event as it was: its constructor would count it as a new one."""
    event = object.__new__(LogEvent)
    event.__dict__.update(zip(_ATTRIBUTES, row, strict=True))
    return event


_init_of_moto = LogStream.__init__


def keep_events_in(file: EventFile) -> None:
    """Until ``keep_events_in_memory``, new streams of the process have their events in ``file``."""

    def init(self: LogStream, log_group: object, name: str) -> None:
        _init_of_moto(self, log_group, name)  # type: ignore[arg-type]  # passed on as it comes
        self.events = StoredEvents(file)  # type: ignore[assignment]  # as far as moto uses a list

    LogStream.__init__ = init  # type: ignore[method-assign]  # a patch, see above


def keep_events_in_memory() -> None:
    LogStream.__init__ = _init_of_moto  # type: ignore[method-assign]  # as it was
