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
        return f"{self.least:.1f} to {self.most:.1f} min"


def waits(steps: Sequence[Step]) -> list[Step]:
    """The steps that only wait, and have."""
    return [step for step in steps if step.declared and step.ended]


def scale(steps: Sequence[Step]) -> float:
    """How long a wait took for each second that was declared; 1 where none has ended."""
    slept = waits(steps)
    took = sum((step.ended or step.began) - step.began for step in slept)
    return took / sum(step.declared for step in slept) if slept else 1.0


def recovery(began: float, resumed: float, ended: float, steps: Sequence[Step]) -> Recovery:
    """From ``began`` to ``ended``, of work that could go on at ``resumed`` and not before.

    Only waits before that count: later ones ran beside the work, which did not wait for them.
    """
    counted = [step for step in waits(steps) if began <= step.began and _end(step) <= resumed]
    declared = sum(step.declared for step in counted)
    rest = ended - began - sum(_end(step) - step.began for step in counted)
    stretched = rest / scale(steps)
    return Recovery((declared + rest) / 60, (declared + stretched) / 60, declared / 60)


def _end(step: Step) -> float:
    return step.ended or float("inf")
