"""Explores every state that can be reached, and keeps the shortest history of each violation."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.protocol.state import Budget, State
from tests.protocol.steps import UPLOAD_LOST, steps
from tests.protocol.tables import Table

History = list[str]
_Origins = dict[State, tuple[State, str] | None]


@dataclass
class Exploration:
    """`violations` has the labels of a shortest history that leads to each kind of violation."""

    states: int = 0
    at_rest: int = 0
    residual: int = 0  # states at rest with two mails, each with the residual's condition
    violations: dict[str, History] = field(default_factory=dict)


def explore(
    table: Table, budget: Budget, stop: Callable[[History], bool] = lambda _: False
) -> Exploration:
    """Explore breadth first, until `stop` holds for the history of a violation or to the end."""
    start = State(table.empty, budget=budget)
    origins: _Origins = {start: None}
    queue, result = deque([start]), Exploration()
    while queue:
        state = queue.popleft()
        violation = state.violation
        if not violation:
            successors = list(steps(table, state))
            for label, successor in successors:
                if successor not in origins:
                    origins[successor] = (state, label)
                    queue.append(successor)
            if not successors:
                result.at_rest += 1
                result.residual += state.mails > 1
                violation = "" if state.is_completed or state.is_told else UPLOAD_LOST
        if violation:
            history = _history(origins, state)
            if stop(history):
                result.violations = {violation: history}
                break
            result.violations.setdefault(violation, history)
    result.states = len(origins)
    return result


def _history(origins: _Origins, state: State) -> History:
    labels = []
    while (origin := origins[state]) is not None:
        state, label = origin
        labels.append(label)
    return labels[::-1]
