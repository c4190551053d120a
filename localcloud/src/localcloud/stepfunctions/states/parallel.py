"""Parallel: all branches at once, the results in order. The first that fails ends the others."""

from __future__ import annotations

from functools import partial
from typing import Any

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.retry import Policy, read_policy
from localcloud.stepfunctions.states.state import (
    CommonFields,
    Graph,
    ParseContext,
    State,
    Step,
    attempt,
)
from localcloud.stepfunctions.states.task_group import TaskGroup


class Parallel(State):
    kind = "Parallel"
    retries = True

    def __init__(
        self,
        common: CommonFields,
        branches: list[Graph],
        arguments: Template | None,
        policy: Policy,
    ) -> None:
        super().__init__(common)
        self.branches = branches
        self.arguments = arguments
        self.policy = policy

    def run(self, frame: Frame) -> Step:
        return attempt(frame, self.policy, lambda: self._once(frame))

    def _once(self, frame: Frame) -> Step:
        branch = frame.branch
        given = frame.data
        if self.arguments is not None:
            given = frame.checked(frame.evaluate(self.arguments), "Arguments")
        branch.record("ParallelStateStarted")
        results: list[Any] = [None] * len(self.branches)

        with TaskGroup(branch) as group:

            def work(index: int) -> None:
                results[index] = group.follow(group.inner(), self.branches[index], given)

            group.run([partial(work, index) for index in range(len(self.branches))])
            if group.error:
                branch.record("ParallelStateFailed")
                raise group.error
        branch.execution.history.record("ParallelStateSucceeded", branch.previous)
        return self.leave(frame, results, frame.scope(result=results))


def read(context: ParseContext) -> State:
    fields = context.fields
    fields.require("Branches")
    values = fields.items("Branches")
    if not values:
        fields.wrong("Branches", "The field 'Branches' should be a non-empty array")
    graphs = []
    for index, value in enumerate(values):
        sub = Fields(value, fields.at(f"Branches[{index}]"), fields.diagnostics)
        graphs.append(context.graph(sub, True))
    return Parallel(
        context.common,
        graphs,
        fields.template("Arguments"),
        read_policy(fields, context.transitions),
    )
