"""How far a Map Run has come. What it holds for an item that is done is one byte."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.states.result_writer import Results


@dataclass
class MapProgress:
    """``inputs``: of the children, made when they are asked for. ``done``: which have succeeded."""

    inputs: Sequence[Any]
    results: Results
    done: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.done = bytearray(len(self.inputs))

    def succeed(self, index: int, child: Execution) -> None:
        self.results.add(index, child)
        self.done[index] = 1
