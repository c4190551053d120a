"""One module a state type."""

from __future__ import annotations

from collections.abc import Callable

from localcloud.stepfunctions.states import (
    choice,
    fail,
    map_,
    parallel,
    pass_,
    succeed,
    task,
    wait,
)
from localcloud.stepfunctions.states.state import ParseContext, State

# In the order in which AWS lists them.
STATE_TYPES: dict[str, Callable[[ParseContext], State]] = {
    "Task": task.read,
    "Wait": wait.read,
    "Pass": pass_.read,
    "Succeed": succeed.read,
    "Fail": fail.read,
    "Choice": choice.read,
    "Parallel": parallel.read,
    "Map": map_.read,
}
