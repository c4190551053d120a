"""The ledger of calls, from which permissions, endpoints and cost can be read."""

import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from localcloud.usage import Usage
from localcloud.usage.units import CALLS

# Of calls that nobody pays for: no answer, access denied (a part of them), an error of AWS's.
_UNBILLED = (0, 403, 500, 503)


@dataclass(frozen=True)
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

    A line is in the file as soon as its call has ended, for those who read it meanwhile.
    """

    def __init__(
        self, path: Path | None = None, usage: Usage | None = None, keep: int = 200_000
    ) -> None:
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._lock = threading.Lock()
        self._usage = usage
        self._file: TextIO | None = path.open("a", buffering=1) if path else None
        self.counts: Counter[tuple[str, str]] = Counter()

    def record(self, entry: Entry) -> None:
        if self._usage and entry.status not in _UNBILLED:
            self._usage.add(CALLS, entry.region, entry.action)
        with self._lock:
            self._entries.append(entry)
            self.counts[entry.action, entry.outcome] += 1
            if self._file:
                self._file.write(json.dumps(asdict(entry), separators=(",", ":")) + "\n")

    def entries(self, matches: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
        with self._lock:
            snapshot = list(self._entries)
        return filter(matches, snapshot)

    def close(self) -> None:
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None
