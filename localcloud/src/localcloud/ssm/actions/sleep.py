"""aws:sleep, scaled by the clock.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-sleep.html
"""

from localcloud.durations import parse_duration
from localcloud.gateway.errors import not_emulated
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed, StepTimedOut
from localcloud.ssm.runbook import Step, invalid_document
from localcloud.ssm.values import REFERENCE

_MAX_SECONDS = 604_800  # "Automation supports a maximum delay of 604800 seconds (7 days)."


class Sleep(Action):
    name = "aws:sleep"
    inputs = frozenset({"Duration", "Timestamp"})

    def check(self, step: Step) -> None:
        if len(step.inputs) != 1:
            raise invalid_document(f"Step {step.name} needs either Duration or Timestamp.")
        if "Timestamp" in step.inputs:
            raise not_emulated(f"aws:sleep until a Timestamp (step {step.name})")
        value = str(step.inputs["Duration"])
        if not REFERENCE.search(value) and parse_duration(value) is None:
            raise invalid_document(f"Step {step.name}: {value} is no ISO 8601 Duration.")

    def run(self, attempt: Attempt) -> Result:
        seconds = parse_duration(attempt.inputs["Duration"])
        if seconds is None or seconds > _MAX_SECONDS:
            raise StepFailed(f"{attempt.inputs} is no time to sleep", stage="InputValidation")
        timeout = attempt.step.timeout
        if timeout is not None and timeout < seconds:
            attempt.sleep(timeout)
            raise StepTimedOut("sleeping")
        attempt.sleep(seconds)
        return Result()
