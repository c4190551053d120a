"""The ledger of calls, from which permissions, endpoints and cost can be read."""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from localcloud.usage import Usage
from localcloud.usage.units import CALLS

# Of calls that nobody pays for: no answer, access denied (a part of them), an error of AWS's.
_UNBILLED = (0, 403, 500, 503)


@dataclass(frozen=True, slots=True)
class Entry:
    """One API call. ``outcome`` is ``ok`` or the error code; ``resource`` an ARN or a URL path."""

    time: float
    region: str
    principal: str
    action: str
    resource: str
    outcome: str
    status: int


class Ledger:
    """Keeps the latest entries in memory and all of them, as JSON lines, in a file.

    The file gets them by ``flush``: a system call for each would let all other threads in first.
    """

    def __init__(
        self, path: Path | None = None, usage: Usage | None = None, keep: int = 20_000
    ) -> None:
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._unwritten: list[Entry] = []
        self._lock = threading.Lock()
        self._file_lock = threading.Lock()
        self._usage = usage
        self._file: TextIO | None = path.open("a") if path else None
        self.counts: Counter[tuple[str, str]] = Counter()

    def record(self, entry: Entry) -> None:
        if self._usage and entry.status not in _UNBILLED:
            self._usage.add(CALLS, entry.region, entry.action)
        with self._lock:
            self._entries.append(entry)
            self.counts[entry.action, entry.outcome] += 1
            if self._file:
                self._unwritten.append(entry)

    def entries(self, matches: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
        with self._lock:
            snapshot = list(self._entries)
        return filter(matches, snapshot)

    def flush(self) -> None:
        """Write what was recorded: every half second, and at once for who reads the file."""
        with self._file_lock:
            with self._lock:
                entries, self._unwritten = self._unwritten, []
            if self._file:
                self._file.write("".join(map(_line, entries)))
                self._file.flush()

    def close(self) -> None:
        self.flush()
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None


_dumps = json.JSONEncoder(separators=(",", ":")).encode


def _line(entry: Entry) -> str:
    return _dumps({name: getattr(entry, name) for name in Entry.__slots__}) + "\n"
