"""Maps over many items, whose children or iterations do next to nothing."""

from __future__ import annotations

import json
from typing import Any

from localcloud.stepfunctions.execution import Execution
from tests.stepfunctions.definitions import (
    BUCKET,
    distributed_map,
    item_reader,
    machine,
    service_task,
)
from tests.stepfunctions.environment import Environment

DIGIT = {"A": {"Type": "Pass", "Output": "{% $states.input.n %}", "End": True}}


def inline_map(env: Environment, count: int, concurrency: int = 40) -> Any:
    """Describe an Express execution that maps over so many digits; 100,000 fit into the state."""
    processor = {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Output": "{% $states.input %}", "End": True}},
    }
    state = {
        "Type": "Map",
        "MaxConcurrency": concurrency,
        "ItemProcessor": processor,
        "End": True,
    }
    arn = env.create(machine({"M": state}), "EXPRESS")
    text = json.dumps([number % 10 for number in range(count)], separators=(",", ":"))
    return env.sfn.start_sync_execution(stateMachineArn=arn, input=text)


def map_over_lines(
    env: Environment,
    count: int,
    concurrency: int = 40,
    states: dict[str, Any] | None = None,
    **fields: Any,
) -> Execution:
    """An execution that has mapped over so many lines of an object, with a STANDARD child each."""
    lines = b"\n".join(b'{"n":%d}' % (number % 10) for number in range(count))
    env.client("s3").put_object(Bucket=BUCKET, Key=f"lines-{count}", Body=lines)
    state = distributed_map(
        states or DIGIT,
        ItemReader=item_reader(f"lines-{count}", InputType="JSONL"),
        MaxConcurrency=concurrency,
        **fields,
    )
    arn = env.create(machine({"M": state}))
    started = env.sfn.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    execution = env.engine.store.executions[started]
    execution.finished.wait()
    return execution


def result_writer() -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": BUCKET, "Prefix": "results"},
        "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"},
    }


def express_call(env: Environment) -> dict[str, Any]:
    """States of a child that waits for an Express execution, which does next to nothing."""
    express = env.create(machine({"A": {"Type": "Pass", "End": True}}), "EXPRESS")
    call = service_task(
        "aws-sdk:sfn:startSyncExecution",
        {"StateMachineArn": express, "Input": "{% $states.input %}"},
        Output="{% $states.result.Status = 'SUCCEEDED' ? 0 : $error('failed') %}",
    )
    return {"Call": call}
