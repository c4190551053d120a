"""aws:sleep: for a duration, or until a time. Scaled by the clock.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-sleep.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from localcloud.durations import parse_duration
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed, StepTimedOut
from localcloud.ssm.references import REFERENCE
from localcloud.ssm.runbook import Step, invalid_document

_MAX_SECONDS = 604_800  # "Automation supports a maximum delay of 604800 seconds (7 days)."


class Sleep(Action):
    name = "aws:sleep"
    inputs = frozenset({"Duration", "Timestamp"})

    def check(self, step: Step) -> None:
        if len(step.inputs) != 1:
            raise invalid_document(f"Step {step.name} needs either Duration or Timestamp.")
        ((name, value),) = step.inputs.items()
        if not REFERENCE.search(str(value)) and _seconds(step.inputs, now=0.0) is None:
            raise invalid_document(f"Step {step.name}: {value} is no ISO 8601 {name}.")

    def run(self, attempt: Attempt) -> Result:
        seconds = _seconds(attempt.inputs, attempt.cloud.clock.now())
        if seconds is None or seconds > _MAX_SECONDS:
            raise StepFailed(f"{attempt.inputs} is no time to sleep", stage="InputValidation")
        timeout = attempt.step.timeout
        if timeout is not None and timeout < seconds:
            attempt.sleep(timeout)
            raise StepTimedOut("sleeping")
        attempt.sleep(seconds)
        return Result()


def _seconds(inputs: dict[str, Any], now: float) -> float | None:
    """ "If the specified date and time has passed, the action proceeds immediately.\""""
    if "Duration" in inputs:
        return parse_duration(inputs["Duration"])
    try:
        until = datetime.fromisoformat(str(inputs["Timestamp"]))
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, until.timestamp() - now)
