"""aws:executeAwsApi, aws:assertAwsResourceProperty, aws:waitForAwsResourceProperty.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html
"""

import json
from datetime import datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from localcloud.clock import iso
from localcloud.ssm import selectors
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed, StepTimedOut
from localcloud.ssm.runbook import Step, invalid_document
from localcloud.ssm.values import as_text

_ACTION_INPUTS = frozenset({"Service", "Api", "PropertySelector", "DesiredValues"})
_POLL_SECONDS = 10.0  # AWS does not say how often it looks
_DEFAULT_TIMEOUT = 3600.0  # "The default timeout value is 3600 seconds"


class ExecuteApi(Action):
    name = "aws:executeAwsApi"
    inputs = frozenset({"Service", "Api"})
    required = inputs
    open_inputs = True

    def run(self, attempt: Attempt) -> Result:
        return Result(response=_call(attempt))


class AssertProperty(Action):
    name = "aws:assertAwsResourceProperty"
    inputs = _ACTION_INPUTS
    required = inputs
    open_inputs = True

    def check(self, step: Step) -> None:
        try:
            selectors.parse(str(step.inputs["PropertySelector"]))
        except selectors.InvalidSelector:
            message = f"The PropertySelector of step {step.name} is not valid."
            raise invalid_document(message) from None
        if not isinstance(step.inputs["DesiredValues"], list | str):
            raise invalid_document(f"DesiredValues of step {step.name} must be a list.")

    def run(self, attempt: Attempt) -> Result:
        response = _call(attempt)
        value, desired = _property(attempt, response), _desired_values(attempt)
        if value not in desired:
            raise StepFailed(
                f"Real value of the property {attempt.inputs['PropertySelector']} is {value}, "
                f"desired are {desired}",
                stage="PostVerification",
                kind="Verification",
            )
        return Result(response=response)


class WaitForProperty(AssertProperty):
    name = "aws:waitForAwsResourceProperty"

    def run(self, attempt: Attempt) -> Result:
        remaining = attempt.step.timeout or _DEFAULT_TIMEOUT
        while True:
            response = _call(attempt)
            if _property(attempt, response) in _desired_values(attempt):
                return Result(response=response)
            if remaining <= 0:
                raise StepTimedOut("waiting for the desired value of a property")
            pause = min(_POLL_SECONDS, remaining)
            attempt.sleep(pause)
            remaining -= pause


def _call(attempt: Attempt) -> dict[str, Any]:
    """Call the API, and return the response as JSON has it."""
    service, api = str(attempt.inputs["Service"]), str(attempt.inputs["Api"])
    try:
        client = attempt.client(service)
    except UnknownServiceError as error:
        raise StepFailed(str(error), stage="InputValidation") from error
    operation = getattr(client, xform_name(api), None)
    if operation is None:
        raise StepFailed(f"The service {service} has no API {api}", stage="InputValidation")
    arguments = {k: v for k, v in attempt.inputs.items() if k not in _ACTION_INPUTS}
    answer = attempt.call(lambda: operation(**arguments), attempt.step.timeout)
    answer.pop("ResponseMetadata", None)
    response: dict[str, Any] = json.loads(json.dumps(answer, default=_as_json))
    return response


def _as_json(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value.timestamp())
    if hasattr(value, "read"):
        raise StepFailed("Streaming APIs are not supported", stage="InputValidation")
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _property(attempt: Attempt, response: dict[str, Any]) -> str | None:
    try:
        return as_text(selectors.select(str(attempt.inputs["PropertySelector"]), response))
    except selectors.NothingSelected:
        return None


def _desired_values(attempt: Attempt) -> list[str]:
    desired = attempt.inputs["DesiredValues"]
    return [as_text(value) for value in (desired if isinstance(desired, list) else [desired])]
