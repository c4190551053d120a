"""CPU seconds of the local cloud: of its process, of the sandboxes, of the parts of its process.

The parts it counts itself; all else is in /proc. The host process is the parent of every sandbox,
so what its children have used is in its own ``cutime`` and ``cstime`` once they have ended
(proc(5)), and in theirs while they live. Nothing has to be sampled.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tools.harness.shell import Shell

_PROC = Path("/proc")


@dataclass(frozen=True)
class Cpu:
    """CPU seconds: of the host process, and of everything that it started."""

    host: float
    sandboxes: float

    def __sub__(self, other: Cpu) -> Cpu:
        return Cpu(self.host - other.host, self.sandboxes - other.sandboxes)

    @property
    def total(self) -> float:
        return self.host + self.sandboxes


@dataclass(frozen=True)
class _Stat:
    parent: int
    own: float
    ended_children: float


def used(pid: int) -> Cpu | None:
    """CPU of ``pid`` and its descendants until now; None where there is no /proc."""
    if not _PROC.joinpath("self", "stat").exists():
        return None
    stats = _all()
    host = stats[pid]
    below = sum(stats[p].own + stats[p].ended_children for p in _descendants(pid, stats))
    return Cpu(host.own, host.ended_children + below)


def parts(shell: Shell) -> dict[str, float]:
    """CPU seconds of the local cloud's process until now, by part of it."""
    printed = shell.run("localcloud", "cpu", quiet=True)
    lines = (line.split(" ", 1) for line in printed.splitlines())
    return {part: float(seconds) for seconds, part in lines}


def _all() -> dict[int, _Stat]:
    stats: dict[int, _Stat] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                stats[int(entry.name)] = _parse((entry / "stat").read_text())
            except OSError:
                continue  # it ended meanwhile
    return stats


def _parse(text: str) -> _Stat:
    """proc(5): the name in parentheses may hold anything, so count from the last of them."""
    fields = text.rpartition(")")[2].split()
    ticks = os.sysconf("SC_CLK_TCK")
    utime, stime, cutime, cstime = (int(value) / ticks for value in fields[11:15])
    return _Stat(int(fields[1]), utime + stime, cutime + cstime)


def _descendants(pid: int, stats: dict[int, _Stat]) -> list[int]:
    children = [child for child, stat in stats.items() if stat.parent == pid]
    return children + [below for child in children for below in _descendants(child, stats)]
