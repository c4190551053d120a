"""Explores every state that can be reached, and keeps a shortest history of each violation.

A state is one integer of three numbers: of the eastern place, of the western one, and of the world.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.protocol.invariants import violation_at_rest
from tests.protocol.rules import PRODUCT, Rules
from tests.protocol.state import Budget
from tests.protocol.successors import Successors

History = list[str]


@dataclass
class Exploration:
    """A shortest history, as labels, for each kind of violation and each kind of residual."""

    states: int = 0
    steps: int = 0
    at_rest: int = 0  # states in which nothing more happens unless something fails
    residual: int = 0  # those with two mails, by the residual
    violations: dict[str, History] = field(default_factory=dict)
    residuals: dict[str, History] = field(default_factory=dict)


def explore(
    budget: Budget, rules: Rules = PRODUCT, stop: Callable[[History], bool] = lambda _: False
) -> Exploration:
    """Explore breadth first, until `stop` holds for the history of a violation or to the end."""
    successors, result = Successors(rules), Exploration()
    first = successors.first(budget)
    states, parents, reached = array("Q", [first]), array("L", [0]), {first}
    index = 0
    while index < len(states):
        state = states[index]
        world = successors.world(state)
        violation, is_at_rest = world.violation, True
        for successor, fault, _ in () if violation else successors.of(state):
            result.steps += 1
            is_at_rest = is_at_rest and (bool(fault) or successor == state)
            if successor not in reached:
                reached.add(successor)
                states.append(successor)
                parents.append(index)
        if is_at_rest and not violation:
            result.at_rest += 1
            result.residual += bool(world.residual) and world.mails > 1
            violation = violation_at_rest(world)
        if world.residual and world.residual not in result.residuals and not violation:
            result.residuals[world.residual] = _history(successors, states, parents, index)
        if violation:
            history = _history(successors, states, parents, index)
            if stop(history):
                result.violations = {violation: history}
                break
            result.violations.setdefault(violation, history)
        index += 1
    result.states = len(states)
    return result


def _history(
    successors: Successors, states: array[int], parents: array[int], index: int
) -> History:
    labels = []
    while index:
        parent = parents[index]
        following = successors.of(states[parent])
        labels.append(next(label for after, _, label in following if after == states[index]))
        index = parent
    return labels[::-1]
