"""Parallel: all branches at once, the results in order; the first that fails ends the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.states.state import Graph, ParseContext, State
from localcloud.stepfunctions.states.task_group import TaskGroup
from localcloud.stepfunctions.transition import Step


@dataclass(frozen=True)
class Parallel(State):
    branches: list[Graph]
    arguments: Template | None

    type_name = "Parallel"

    @classmethod
    def parse(cls, context: ParseContext) -> Parallel:
        fields = context.fields
        graphs = [context.graph(branch, True) for branch in fields.required_objects("Branches")]
        return cls(context.common, graphs, fields.template("Arguments"))

    def run(self, frame: Frame) -> Step:
        branch = frame.branch
        data = frame.evaluate_arguments(self.arguments)
        branch.record("ParallelStateStarted")
        results: list[Any] = [None] * len(self.branches)
        with TaskGroup(branch, failure_event="ParallelStateFailed") as group:

            def run_branch(index: int, graph: Graph) -> None:
                results[index] = group.follow(group.child(), graph, data)

            group.run([partial(run_branch, *pair) for pair in enumerate(self.branches)])
        branch.execution.history.record("ParallelStateSucceeded", branch.last_event_id)
        return self.leave_with(frame, results)
