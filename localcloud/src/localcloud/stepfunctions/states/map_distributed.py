"""Distributed Map, whose items or batches are executions, and the reading of all Map states."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.fields import Diagnostics, Fields
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.quotas import DISTRIBUTED_CONCURRENCY, LABEL_LENGTH, MAX_TOLERATED
from localcloud.stepfunctions.state_machine import check_start_of_children
from localcloud.stepfunctions.states.item_reader import ItemReader, read_item_reader
from localcloud.stepfunctions.states.map_inline import InlineMap, Item, MapState
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

    # "Items: a JSON array, JSON object, or a JSONata expression that …":
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
    maps_objects = True

    def run(self, frame: Frame) -> Step:
        branch = frame.branch
        execution = branch.execution
        clock = execution.engine.clock
        items = [] if self.reader else self.items_in_data(frame)
        map_run = self._new_map_run(frame)
        branch.record("MapStateStarted", length=len(items))
        check_start_of_children(execution.engine.cloud, execution.machine)
        execution.engine.store.map_runs[map_run.arn] = map_run
        branch.record("MapRunStarted", mapRunArn=map_run.arn)
        try:
            inputs = self._inputs(frame, items)
            map_run.children["PENDING"] = len(inputs)
            children = self._run_children(frame, map_run, inputs)
            result = [child.output for child in children if child.status == "SUCCEEDED"]
            frame.check_size(result, "Output")
        except StateError as error:
            map_run.end("FAILED", clock.now())
            branch.record("MapRunFailed", error=error.error, cause=error.cause)
            raise
        except BaseException:
            map_run.end("ABORTED", clock.now())
            branch.record("MapRunAborted")
            raise
        map_run.end("SUCCEEDED", clock.now())
        branch.record("MapRunSucceeded")
        execution.history.record("MapStateSucceeded", branch.last_event_id)
        return self.leave_with(frame, result)

    def _inputs(self, frame: Frame, items: list[Item]) -> list[Any]:
        if self.reader:
            values = enumerate(self.reader.read(frame))
            items = [Item({"Index": index, "Value": value}, value) for index, value in values]
        return [self.iteration_input(frame, item) for item in items]

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

    def _run_children(self, frame: Frame, map_run: MapRun, inputs: list[Any]) -> list[Execution]:
        """The children in order. Raises StateError if more failed than is tolerated."""
        engine, machine = frame.branch.execution.engine, frame.branch.execution.machine
        child_machine = machine.of_children(self.label, self.execution_type, self.graph)
        children: list[Execution | None] = [None] * len(inputs)  # None: it has not started
        concurrency = min(map_run.max_concurrency, len(inputs), THREADS)
        with TaskGroup(frame.branch) as group:

            def run_child(worker: Branch, index: int, data: Any) -> None:
                name, unique = str(uuid.uuid4()), str(uuid.uuid4())
                child = children[index] = Execution(
                    engine,
                    child_machine,
                    child_machine.execution_arn(name, unique),
                    name,
                    data,
                    parent=worker,
                    map_run_arn=map_run.arn,
                )
                engine.store.add(child, map_run.arn)
                map_run.change_status("PENDING", "RUNNING")
                child.run()
                worker.skipped = child.root.skipped
                map_run.change_status("RUNNING", child.status)
                if map_run.exceeds_tolerance():
                    group.fail(_tolerance_exceeded(child))

            group.for_each(inputs, concurrency, run_child)
        return [child for child in children if child is not None]


def _tolerance_exceeded(child: Execution) -> StateError:
    return StateError(
        "States.ExceedToleratedFailureThreshold",
        "The specified tolerated failure threshold was exceeded. "
        f"The last failure was {child.error}: {child.cause}",
    )


# AWS accepts these on an inline Map, too; what they do there is not documented.
_DISTRIBUTED_ONLY = ("ItemReader", "Label")
_NOT_EMULATED = ("ItemBatcher", "ResultWriter")
# "Label: … can't contain white space, wildcards, brackets, special characters, control
# characters": https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
_FORBIDDEN_IN_LABEL = re.compile(r"[\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]")


def parse_map(context: ParseContext) -> State:
    fields = context.fields
    for name in filter(fields.has, _NOT_EMULATED):
        raise not_emulated(f"{name} of Map states (at {fields.location})")
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
