"""aws:invokeLambdaFunction.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html

AWS does not document that a step fails if its function raised an error, so that is a setting; nor
how it shows ``Payload``: its own runbook AWS-PatchInstanceWithRollback uses ``{{ step.Payload }}``
of a function that returns a text as that text, without quotes.
"""

import json
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed
from localcloud.ssm.runbook import Step, invalid_document
from localcloud.ssm.values import as_text

_MAX_SECONDS = 300  # "can run up to a maximum duration of 300 seconds"
_TYPES = ("Event", "RequestResponse", "DryRun")
_NOT_EMULATED = frozenset({"ClientContext", "InputPayload", "LogType", "Qualifier"})


class InvokeLambda(Action):
    name = "aws:invokeLambdaFunction"
    inputs = _NOT_EMULATED | {"FunctionName", "InvocationType", "Payload"}
    required = frozenset({"FunctionName"})
    outputs = frozenset({"StatusCode", "FunctionError", "Payload"})

    def check(self, step: Step) -> None:
        if other := sorted(_NOT_EMULATED & step.inputs.keys()):
            raise not_emulated(f"{other[0]} of aws:invokeLambdaFunction (step {step.name})")
        kind = step.inputs.get("InvocationType", "RequestResponse")
        if kind not in _TYPES and "{{" not in str(kind):
            raise invalid_document(f"InvocationType {kind} of step {step.name} is not valid.")

    def run(self, attempt: Attempt) -> Result:
        inputs = attempt.inputs
        params: dict[str, Any] = {"FunctionName": inputs["FunctionName"]}
        if "InvocationType" in inputs:
            params["InvocationType"] = inputs["InvocationType"]
        if "Payload" in inputs:
            params["Payload"] = as_text(inputs["Payload"]).encode()
        timeout = min(attempt.step.timeout or _MAX_SECONDS, _MAX_SECONDS)
        client = attempt.client("lambda")
        response = attempt.call(lambda: _invoke(client, params), timeout)
        error = response.get("FunctionError")
        if error and attempt.cloud.settings.function_errors_fail_steps:
            reason = f"The function returned an error ({error}): {response['Payload']}"
            raise StepFailed(reason, response=response)
        return Result(response, response)


def _invoke(client: Any, params: dict[str, Any]) -> dict[str, Any]:
    response = client.invoke(**params)
    payload = response["Payload"].read().decode(errors="replace")
    if payload.startswith('"'):
        payload = json.loads(payload)
    members = ("StatusCode", "FunctionError")
    return {key: response[key] for key in members if key in response} | {"Payload": payload or None}
