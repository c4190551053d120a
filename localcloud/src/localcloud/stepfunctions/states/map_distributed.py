"""Distributed Map, whose items or batches are executions, and the reading of all Map states."""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.fields import Diagnostics, Fields
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.quotas import DISTRIBUTED_CONCURRENCY, LABEL_LENGTH, MAX_TOLERATED
from localcloud.stepfunctions.state_machine import StateMachine, check_role_may
from localcloud.stepfunctions.states.item_reader import ItemReader, read_item_reader
from localcloud.stepfunctions.states.map_inline import InlineMap, Item, MapState
from localcloud.stepfunctions.states.map_progress import MapProgress
from localcloud.stepfunctions.states.result_writer import ResultWriter, read_result_writer
from localcloud.stepfunctions.states.state import ParseContext, State
from localcloud.stepfunctions.states.task_group import TaskGroup
from localcloud.stepfunctions.transition import Step

# AWS runs up to 10,000 children at once; here each one needs a thread.
THREADS = 200


@dataclass(frozen=True, kw_only=True)
class DistributedMap(MapState):
    label: str
    execution_type: str
    reader: ItemReader | None
    writer: ResultWriter

    # "Items: a JSON array, JSON object, or a JSONata expression that …":
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
    maps_objects = True

    def run(self, frame: Frame) -> Step:
        branch = frame.branch
        items = [] if self.reader else self.items_in_data(frame)
        map_run = self._begin(frame, len(items))
        try:
            progress = frame.progress = frame.progress or self._progress(frame, items)
            map_run.children = _count(frame, _status_before)
            self._check_role(frame)
            try:
                self._run_children(frame, map_run, progress)
            except StateError:
                progress.results.fail(frame, map_run)
                raise
            result = progress.results.finish(frame, map_run)
            frame.check_size(result, "Output")
        except StateError as error:
            self._end(frame, map_run, "FAILED")
            branch.record("MapRunFailed", error=error.error, cause=error.cause)
            raise
        except BaseException:
            self._end(frame, map_run, "ABORTED")
            branch.record("MapRunAborted")
            raise
        self._end(frame, map_run, "SUCCEEDED")
        frame.progress = None  # which refers to the frame
        branch.record("MapRunSucceeded")
        branch.execution.history.record("MapStateSucceeded", branch.last_event_id)
        return self.leave_with(frame, result)

    def _begin(self, frame: Frame, length: int) -> MapRun:
        """A new Map Run; or, in a redrive, the one that did not succeed.

        https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
        """
        branch, engine = frame.branch, frame.branch.execution.engine
        if map_run := frame.map_run:
            map_run.redrive(engine.clock.now())
            details = {"mapRunArn": map_run.arn, "redriveCount": map_run.redrive_count}
            branch.record("MapRunRedriven", **details)
            return map_run
        map_run = self._new_map_run(frame)
        frame.start("MapStateStarted", length=length)
        frame.map_run = engine.store.map_runs[map_run.arn] = map_run
        branch.record("MapRunStarted", mapRunArn=map_run.arn)
        return map_run

    def _end(self, frame: Frame, map_run: MapRun, status: str) -> None:
        children = _count(frame, lambda child: child.status)
        map_run.end(status, frame.branch.execution.engine.clock.now(), children)

    def _check_role(self, frame: Frame) -> None:
        """The role starts children, and redrives Standard ones: it must be allowed to do so."""
        cloud, machine = frame.branch.execution.engine.cloud, frame.branch.execution.machine
        check_role_may(cloud, machine, "StartExecution", machine.arn)
        for child in frame.children.values():
            if _status_before(child) == "PENDING_REDRIVE" and not child.machine.is_express:
                check_role_may(cloud, machine, "RedriveExecution", child.arn)

    def _progress(self, frame: Frame, items: Sequence[Item]) -> MapProgress:
        results = self.writer.results(frame)
        if self.reader:
            items = _ItemsRead(self.reader.read(frame))
        return MapProgress(_Inputs(self, frame, items), results)

    def _new_map_run(self, frame: Frame) -> MapRun:
        execution = frame.branch.execution
        return MapRun(
            arn=execution.machine.map_run_arn(self.label, str(uuid.uuid4())),
            execution_arn=execution.arn,
            machine_arn=f"{execution.machine.arn}/{self.label}",
            started=execution.engine.clock.now(),
            max_concurrency=self.concurrency(frame, DISTRIBUTED_CONCURRENCY),
            **self.tolerance(frame),
        )

    def _run_children(self, frame: Frame, map_run: MapRun, progress: MapProgress) -> None:
        """Run all that have not succeeded. Raises StateError if more fail than is tolerated."""
        children, parent = frame.children, frame.branch.execution
        machine = parent.machine.of_children(self.label, self.execution_type, self.graph)
        unsuccessful = (index for index, is_done in enumerate(progress.done) if not is_done)
        concurrency = min(map_run.max_concurrency, progress.done.count(0), THREADS)
        with TaskGroup(frame.branch) as group:

            def run_child(worker: Branch, _: int, index: int) -> None:
                child: Execution | None = children.get(index)
                status = _status_before(child)
                if status in ("PENDING", "PENDING_REDRIVE"):
                    if child is None or child.machine.is_express:
                        data = child.input if child else progress.inputs[index]
                        child = _new_child(machine, map_run, worker, data, child)
                        parent.count_transition()
                        children[index] = child
                    else:
                        child.redrive(parent=worker)
                    map_run.change_status(status, "RUNNING")
                    child.run()
                    worker.skipped = child.skipped
                    map_run.change_status("RUNNING", child.status)
                    if child.status == "SUCCEEDED":
                        progress.succeed(index, child)
                        del children[index]
                if child and map_run.exceeds_tolerance():
                    group.fail(_tolerance_exceeded(child))

            group.for_each(unsuccessful, concurrency, run_child)


@dataclass(frozen=True)
class _ItemsRead(Sequence[Item]):
    """Items from S3."""

    values: Sequence[Any]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> Any:
        value = self.values[index]
        return Item({"Index": index, "Value": value}, value)


@dataclass(frozen=True)
class _Inputs(Sequence[Any]):
    """What the children get: made when a child starts, since there may be millions of them."""

    state: DistributedMap
    frame: Frame
    items: Sequence[Item]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.state.iteration_input(self.frame, self.items[index])


def _status_before(child: Execution | None) -> str:
    """PENDING or PENDING_REDRIVE if the child is to run, else the status that it keeps.

    "Unsuccessful [Express] executions can always be redriven": see ``_begin``.
    """
    if child is None:
        return "PENDING"
    is_repeatable = child.machine.is_express and child.status != "SUCCEEDED"
    return "PENDING_REDRIVE" if is_repeatable or not child.redrive_refusal() else child.status


def _count(frame: Frame, status_of: Callable[[Execution], str]) -> Counter[str]:
    counts = Counter(map(status_of, frame.children.values()))
    if progress := frame.progress:
        counts["SUCCEEDED"] += progress.done.count(1)
        counts["PENDING"] = len(progress.done) - counts.total()
    return counts


def _new_child(
    machine: StateMachine, map_run: MapRun, worker: Branch, data: Any, failed: Execution | None
) -> Execution:
    """``failed`` is the Express execution that this one repeats, under the same ARN."""
    engine, name, unique = worker.execution.engine, str(uuid.uuid4()), str(uuid.uuid4())
    arn = machine.execution_arn(name, unique)
    if failed:
        name, arn = failed.name, failed.arn
    child = Execution(engine, machine, arn, name, data, parent=worker, map_run_arn=map_run.arn)
    if failed:
        child.count_redrive(failed.redrive_count + 1)
    engine.store.add(child, map_run.arn)
    return child


def _tolerance_exceeded(child: Execution) -> StateError:
    return StateError(
        "States.ExceedToleratedFailureThreshold",
        "The specified tolerated failure threshold was exceeded. "
        f"The last failure was {child.error}: {child.cause}",
    )


# AWS accepts these on an inline Map, too; what they do there is not documented.
_DISTRIBUTED_ONLY = ("ItemReader", "Label", "ResultWriter")
# "Label: … can't contain white space, wildcards, brackets, special characters, control
# characters": https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
_FORBIDDEN_IN_LABEL = re.compile(r"[\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]")


def parse_map(context: ParseContext) -> State:
    fields = context.fields
    if fields.has("ItemBatcher"):
        raise not_emulated(f"ItemBatcher of Map states (at {fields.location})")
    processor = _read_processor(fields)
    mode, execution_type = _read_processor_config(processor, context)
    shared = (
        context.common,
        context.graph(processor, mode == "INLINE"),
        fields.template("Items"),
        fields.template("ItemSelector"),
        fields.integer_template("MaxConcurrency", 0, 1_000_000_000),
        fields.integer_template("ToleratedFailureCount", 0, MAX_TOLERATED),
        fields.number_template("ToleratedFailurePercentage", 0, 100),
    )
    if mode == "INLINE":
        if present := [*filter(fields.has, _DISTRIBUTED_ONLY)]:
            raise not_emulated(f"{present[0]} of an inline Map (at {fields.location})")
        return InlineMap(*shared)
    if context.machine_type == "EXPRESS":
        message = "Express state machines do not support Distributed Map states"
        fields.report("ItemProcessor", message)
    distributed = DistributedMap(
        *shared,
        label=_read_label(fields),
        execution_type=execution_type,
        reader=read_item_reader(fields),
        writer=read_result_writer(fields),
    )
    if distributed.reader and distributed.items:
        fields.report("Items", "A Map state may have either Items or ItemReader")
    return distributed


def _read_label(fields: Fields) -> str:
    label = fields.text("Label", LABEL_LENGTH) or str(uuid.uuid4())
    if character := _FORBIDDEN_IN_LABEL.search(label):
        fields.report("Label", f"The field 'Label' contains an invalid character: {character[0]!r}")
    return label


def _read_processor(fields: Fields) -> Fields:
    """ItemProcessor, or Iterator, which is its old name and still taken."""
    name = "Iterator" if fields.has("Iterator") else "ItemProcessor"
    fields.require(name)
    return fields.object(name) or Fields(None, fields.location, Diagnostics())


def _read_processor_config(processor: Fields, context: ParseContext) -> tuple[str, str]:
    """Mode and ExecutionType."""
    config = processor.object("ProcessorConfig")
    if config is None:
        return "INLINE", context.machine_type
    mode = config.choice("Mode", ("INLINE", "DISTRIBUTED"), "INLINE")
    execution_type = context.machine_type
    if mode == "DISTRIBUTED":
        config.require("ExecutionType")
        execution_type = config.choice("ExecutionType", ("STANDARD", "EXPRESS"), "STANDARD")
    config.report_unread()
    return mode, execution_type
