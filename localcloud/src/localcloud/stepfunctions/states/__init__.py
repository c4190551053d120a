"""The state types, one module each."""

from __future__ import annotations

from collections.abc import Callable

from localcloud.stepfunctions.states.flow import Choice, Fail, Parallel, Pass, Succeed, Wait
from localcloud.stepfunctions.states.map_ import parse_map
from localcloud.stepfunctions.states.state import ParseContext, State
from localcloud.stepfunctions.states.task import Task

# In the order in which AWS lists them.
STATE_TYPES: dict[str, Callable[[ParseContext], State]] = {
    "Task": Task.parse,
    "Wait": Wait.parse,
    "Pass": Pass.parse,
    "Succeed": Succeed.parse,
    "Fail": Fail.parse,
    "Choice": Choice.parse,
    "Parallel": Parallel.parse,
    "Map": parse_map,
}
