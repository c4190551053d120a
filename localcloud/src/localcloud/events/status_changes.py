"""Step Functions' events on the default bus: each change of a Standard execution's status.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

import json
from typing import Any

from localcloud.events.bus import EventBus
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.execution import Execution

DETAIL_TYPE = "Step Functions Execution Status Change"
MAX_ESCAPED_BYTES = 248 * 1024


def publish(bus: EventBus, execution: Execution) -> None:
    machine = execution.machine
    if machine.is_express or not bus.has_rules(machine.region):
        return
    bus.publish(machine.region, "aws.states", DETAIL_TYPE, detail(execution), [execution.arn])


def detail(execution: Execution) -> dict[str, Any]:
    """Output and input are included as text while they fit into the event."""
    input_text = execution.input_text or dumps(execution.input)
    output = dumps(execution.output) if execution.status == "SUCCEEDED" else None
    room = MAX_ESCAPED_BYTES
    if has_output := output is not None and _escaped_bytes(output) <= room:
        room -= _escaped_bytes(output or "")
    has_input = _escaped_bytes(input_text) <= room
    stopped = execution.stopped
    members = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": int(execution.started * 1000),
        "stopDate": None if stopped is None else int(stopped * 1000),
        "inputDetails": {"included": has_input},
        "output": output if has_output else None,
        "outputDetails": None if output is None else {"included": has_output},
    }
    return {**members, "input": input_text} if has_input else members


def _escaped_bytes(text: str) -> int:
    """The size of the text as a string within the event's JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
