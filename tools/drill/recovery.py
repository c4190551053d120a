"""How long a recovery would take on AWS, by one that was measured where waits are shortened.

Two different things pass the time. What the runbook is told to wait is known: it counts as
declared. Everything else is work, which takes as long here as this machine needs, mixed with waits
that nobody declares to us (the TTL of a record, retries, replication), which are shortened here. So
there are two numbers: all of that as it was, and all of it stretched as if it had been waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.drill.runbook import Step


@dataclass(frozen=True)
class Recovery:
    """AWS minutes, at least and at most; ``waited`` are those that the runbook declares."""

    least: float
    most: float
    waited: float

    def __str__(self) -> str:
        return f"{self.least:4.1f} to {self.most:4.1f} min"


def scale(steps: Sequence[Step]) -> float:
    """How long a wait took for each second that was declared; 1 where none has ended."""
    waits = _waits(steps)
    seconds = sum(_end(step) - step.start for step in waits)
    return seconds / sum(step.declared for step in waits) if waits else 1.0


def recovery(start: float, resumed: float, end: float, steps: Sequence[Step]) -> Recovery:
    """From ``start`` to ``end``, of work that could go on at ``resumed`` and not before.

    Only waits before that count: later ones ran beside the work, which did not wait for them.
    """
    waits = [step for step in _waits(steps) if start <= step.start and _end(step) <= resumed]
    declared = sum(step.declared for step in waits)
    work = end - start - sum(_end(step) - step.start for step in waits)
    stretched = work / scale(steps)
    return Recovery((declared + work) / 60, (declared + stretched) / 60, declared / 60)


def _waits(steps: Sequence[Step]) -> list[Step]:
    """The steps that only wait, and have ended."""
    return [step for step in steps if step.declared and step.end]


def _end(step: Step) -> float:
    return step.end or float("inf")
