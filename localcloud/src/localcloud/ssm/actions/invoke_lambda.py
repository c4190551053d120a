"""aws:invokeLambdaFunction.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html

Not documented: that a step fails whose function raised an error; and how ``Payload`` is shown:
AWS's own runbook AWS-PatchInstanceWithRollback uses ``{{ step.Payload }}`` of a function that
returns a text as that text, without quotes.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed
from localcloud.ssm.runbook import Step, invalid

_LONGEST = 300  # "can run up to a maximum duration of 300 seconds"
_TYPES = ("Event", "RequestResponse", "DryRun")


class InvokeLambda(Action):
    name = "aws:invokeLambdaFunction"
    inputs = frozenset(
        {"FunctionName", "Qualifier", "InvocationType", "LogType", "ClientContext",
         "InputPayload", "Payload"}
    )  # fmt: skip
    required = frozenset({"FunctionName"})
    outputs = frozenset({"StatusCode", "FunctionError", "LogResult", "Payload"})

    def check(self, step: Step) -> None:
        kind = step.inputs.get("InvocationType", "RequestResponse")
        if kind not in _TYPES and "{{" not in str(kind):
            raise invalid(f"InvocationType {kind} of step {step.name} is not valid.")
        if not isinstance(step.inputs.get("InputPayload", {}), dict | str):
            raise invalid(f"InputPayload of step {step.name} must be a map.")

    def run(self, attempt: Attempt) -> Result:
        inputs = attempt.inputs
        wanted = {
            key: inputs[key]
            for key in ("FunctionName", "Qualifier", "InvocationType", "LogType")
            if inputs.get(key)
        }
        if context := inputs.get("ClientContext"):
            text = context if isinstance(context, str) else json.dumps(context)
            wanted["ClientContext"] = base64.b64encode(text.encode()).decode()
        payload = inputs.get("InputPayload", inputs.get("Payload"))
        if payload is not None:
            text = payload if isinstance(payload, str) else json.dumps(payload)
            wanted["Payload"] = text.encode()
        timeout = min(attempt.step.timeout or _LONGEST, _LONGEST)
        client = attempt.client("lambda")
        answer = attempt.call(lambda: _invoke(client, wanted), timeout)
        if error := answer.get("FunctionError"):
            raise StepFailed(
                f"The function returned an error ({error}): {json.dumps(answer['Payload'])}",
                response=answer,
            )
        payload = answer["Payload"]
        shown = payload if isinstance(payload, str) or payload is None else json.dumps(payload)
        return Result({**answer, "Payload": shown}, answer)


def _invoke(client: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """The answer with ``Payload`` parsed, so that selectors reach into it."""
    answer = client.invoke(**wanted)
    text = answer["Payload"].read()
    try:
        payload = json.loads(text) if text else None
    except ValueError:
        payload = text.decode(errors="replace")
    kept = {key: answer[key] for key in ("StatusCode", "FunctionError") if key in answer}
    if "LogResult" in answer:
        kept["LogResult"] = answer["LogResult"]
    return {**kept, "Payload": payload}
