"""What Step Functions tells the default bus of: each change of a Standard execution's status.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

import json
from typing import Any

from localcloud.events.bus import EventBus
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.execution import Execution

DETAIL_TYPE = "Step Functions Execution Status Change"
ESCAPED_BYTES = 248 * 1024


def tell(bus: EventBus, execution: Execution) -> None:
    machine = execution.machine
    if machine.is_express or not bus.has_rules(machine.region):
        return
    bus.put(machine.region, "aws.states", DETAIL_TYPE, detail(execution), [execution.arn])


def detail(execution: Execution) -> dict[str, Any]:
    """Input and output as text, in events that have room for them."""
    given = execution.input_text or dumps(execution.input)
    output = dumps(execution.output) if execution.status == "SUCCEEDED" else None
    has_output = output is not None and _escaped(output) <= ESCAPED_BYTES
    room = ESCAPED_BYTES - (_escaped(output) if has_output and output else 0)
    has_input = _escaped(given) <= room
    stopped = execution.stopped
    found = {
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
    return found | ({"input": given} if has_input else {})


def _escaped(text: str) -> int:
    """Bytes of the text as a string within the event's JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
