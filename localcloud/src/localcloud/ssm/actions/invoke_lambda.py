"""aws:invokeLambdaFunction.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html

AWS does not document that a step fails if its function raised an error, so that is a setting; nor
how it shows ``Payload``: its own runbook AWS-PatchInstanceWithRollback uses ``{{ step.Payload }}``
of a function that returns a text as that text, without quotes.
"""

import base64
import json
from typing import Any

from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed
from localcloud.ssm.runbook import Step, invalid_document

_MAX_SECONDS = 300  # "can run up to a maximum duration of 300 seconds"
_TYPES = ("Event", "RequestResponse", "DryRun")
_PARAMS = ("FunctionName", "Qualifier", "InvocationType", "LogType")


class InvokeLambda(Action):
    name = "aws:invokeLambdaFunction"
    inputs = frozenset({*_PARAMS, "ClientContext", "InputPayload", "Payload"})
    required = frozenset({"FunctionName"})
    outputs = frozenset({"StatusCode", "FunctionError", "LogResult", "Payload"})

    def check(self, step: Step) -> None:
        kind = step.inputs.get("InvocationType", "RequestResponse")
        if kind not in _TYPES and "{{" not in str(kind):
            raise invalid_document(f"InvocationType {kind} of step {step.name} is not valid.")
        if not isinstance(step.inputs.get("InputPayload", {}), dict | str):
            raise invalid_document(f"InputPayload of step {step.name} must be a map.")

    def run(self, attempt: Attempt) -> Result:
        inputs = attempt.inputs
        params = {key: inputs[key] for key in _PARAMS if inputs.get(key)}
        if context := inputs.get("ClientContext"):
            params["ClientContext"] = base64.b64encode(_text(context).encode()).decode()
        payload = inputs.get("InputPayload", inputs.get("Payload"))
        if payload is not None:
            params["Payload"] = _text(payload).encode()
        timeout = min(attempt.step.timeout or _MAX_SECONDS, _MAX_SECONDS)
        client = attempt.client("lambda")
        response = attempt.call(lambda: _invoke(client, params), timeout)
        error = response.get("FunctionError")
        if error and attempt.cloud.settings.function_errors_fail_steps:
            reason = f"The function returned an error ({error}): {response['Payload']}"
            raise StepFailed(reason, response=response)
        return Result(response, response)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _invoke(client: Any, params: dict[str, Any]) -> dict[str, Any]:
    response = client.invoke(**params)
    payload = response["Payload"].read().decode(errors="replace")
    if payload.startswith('"'):
        payload = json.loads(payload)
    members = ("StatusCode", "FunctionError", "LogResult")
    return {key: response[key] for key in members if key in response} | {"Payload": payload or None}
