"""Map, Distributed: every item, or batch of items, is an execution of its own."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.permissions import may_start
from localcloud.stepfunctions.quotas import DISTRIBUTED_CONCURRENCY
from localcloud.stepfunctions.retry import Policy
from localcloud.stepfunctions.states.item_batcher import Batcher
from localcloud.stepfunctions.states.item_reader import ItemReader
from localcloud.stepfunctions.states.map_ import MapState
from localcloud.stepfunctions.states.result_writer import ResultWriter
from localcloud.stepfunctions.states.state import CommonFields, Graph, Step, attempt
from localcloud.stepfunctions.states.task_group import TaskGroup

# AWS runs up to 10,000 children at once; here each is a thread, so the rest of them wait for their
# turn.
THREADS = 200

T = TypeVar("T")

_EXCEEDED = "States.ExceedToleratedFailureThreshold"


@dataclass(frozen=True)
class Tolerance:
    count: Template | None
    percentage: Template | None


class DistributedMap(MapState):
    def __init__(
        self,
        common: CommonFields,
        items: Template | None,
        selector: Template | None,
        max_concurrency: Template | None,
        *,
        graph: Graph,
        policy: Policy,
        label: str,
        execution_type: str,
        reader: ItemReader | None,
        batcher: Batcher | None,
        writer: ResultWriter | None,
        tolerance: Tolerance,
    ) -> None:
        super().__init__(common, items, selector, max_concurrency)
        self.graph = graph
        self.policy = policy
        self.label = label
        self.execution_type = execution_type
        self.reader = reader
        self.batcher = batcher
        self.writer = writer
        self.tolerance = tolerance

    def run(self, frame: Frame) -> Step:
        return attempt(frame, self.policy, lambda: self._once(frame))

    def _once(self, frame: Frame) -> Step:
        branch = frame.branch
        execution = branch.execution
        inputs = self._inputs(frame)
        total = sum(count for _, count in inputs)
        branch.record("MapStateStarted", "mapStateStartedEventDetails", length=total)
        may_start(execution)
        map_run = self._new_map_run(frame)
        map_run.expect([count for _, count in inputs])
        branch.record("MapRunStarted", "mapRunStartedEventDetails", mapRunArn=map_run.arn)
        clock = execution.engine.clock
        children: list[Execution | None] = [None] * len(inputs)
        try:
            error = self._run_children(frame, map_run, inputs, children)
            if error is None:
                result = self._result(frame, map_run, [c for c in children if c is not None])
        except StateError as failed:
            error = failed
        except BaseException:
            map_run.end("ABORTED", clock.now())
            branch.record("MapRunAborted")
            raise
        if error is not None:
            map_run.end("FAILED", clock.now())
            details = {"error": error.error, "cause": error.cause}
            branch.record("MapRunFailed", "mapRunFailedEventDetails", **details)
            branch.record("MapStateFailed")
            raise error
        map_run.end("SUCCEEDED", clock.now())
        branch.record("MapRunSucceeded")
        execution.history.record("MapStateSucceeded", branch.previous)
        return self.leave(frame, result, frame.scope(result=result))

    def _inputs(self, frame: Frame) -> list[tuple[Any, int]]:
        """(input of a child, how many items it holds)."""
        if self.reader is None:
            items = self.given(frame)
        else:
            read = self.reader.read(frame)
            items = [({"Index": i, "Value": value}, value) for i, value in enumerate(read)]
        values = [self.selected(frame, context_item, value) for context_item, value in items]
        if self.batcher is not None:
            return self.batcher.batches(frame, values)
        return [(value, 1) for value in values]

    def _new_map_run(self, frame: Frame) -> MapRun:
        execution = frame.branch.execution
        percentage = frame.number(self.tolerance.percentage, 0, 100)
        map_run = MapRun(
            arn=execution.machine.map_run_arn(self.label, str(uuid.uuid4())),
            execution=execution,
            machine_arn=f"{execution.machine.arn}/{self.label}",
            started=execution.engine.clock.now(),
            max_concurrency=self.concurrency(frame, DISTRIBUTED_CONCURRENCY),
            tolerated_count=int(frame.number(self.tolerance.count, 0, 10_000_000) or 0),
            tolerated_percentage=percentage,
        )
        execution.engine.store.map_runs[map_run.arn] = map_run
        return map_run

    def _run_children(
        self,
        frame: Frame,
        map_run: MapRun,
        inputs: list[tuple[Any, int]],
        children: list[Execution | None],
    ) -> StateError | None:
        """Fills ``children``. The error, if more failed than is tolerated."""
        machine = frame.branch.execution.machine
        child_machine = machine.of_children(self.label, self.execution_type, self.graph)
        todo, lock = iter(enumerate(inputs)), threading.Lock()
        at_once = min(map_run.max_concurrency, len(inputs), THREADS)
        with TaskGroup(frame.branch) as group:

            def start(parent: Branch, index: int, given: Any, count: int) -> Execution:
                name = str(uuid.uuid4())
                arn = child_machine.execution_arn(name, str(uuid.uuid4()))
                engine = frame.branch.execution.engine
                child = Execution(
                    engine,
                    child_machine,
                    arn,
                    name,
                    given,
                    parent=parent,
                    map_run_arn=map_run.arn,
                    item_count=count,
                )
                children[index] = child
                engine.store.add(child, map_run.arn)
                return child

            def work() -> None:
                parent = group.inner()
                for index, (given, count) in _taken(todo, lock):
                    group.cancel_scope.check()
                    child = start(parent, index, given, count)
                    map_run.moved("PENDING", "RUNNING", count)
                    child.run()
                    parent.skipped = child.root.skipped
                    map_run.moved("RUNNING", child.status, count)
                    if map_run.intolerable():
                        group.fail(_too_many(child))
                group.ended(parent)

            group.run(list(itertools.repeat(work, at_once)))
            return group.error

    def _result(self, frame: Frame, map_run: MapRun, children: list[Execution]) -> Any:
        if self.writer is None:
            succeeded = [child for child in children if child.status == "SUCCEEDED"]
            result: Any = [child.output for child in succeeded]
        else:
            result = self.writer.export(frame, map_run.arn, children)
        map_run.results_written = map_run.items["succeeded"]
        return frame.checked(result, "Output")


def _too_many(child: Execution) -> StateError:
    return StateError(
        _EXCEEDED,
        "The specified tolerated failure threshold was exceeded. "
        f"The last failure was {child.error}: {child.cause}",
    )


def _taken(todo: Iterator[T], lock: threading.Lock) -> Iterator[T]:
    """What is left to do, taken one by one by several threads."""
    while True:
        with lock:
            taken = next(todo, None)
        if taken is None:
            return
        yield taken
