"""How much memory a process uses, from /proc. Without /proc (macOS) nothing is known: 0."""

from __future__ import annotations

import re
from pathlib import Path

from localcloud.lambda_.limits import MIB

_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")


def peak_mb(pid: int) -> int:
    """The most that the process has held at once (resident set size)."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return 0
    match = _PEAK.search(status)
    return int(match[1]) * 1024 // MIB if match else 0
