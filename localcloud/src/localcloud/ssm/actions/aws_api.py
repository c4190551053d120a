"""aws:executeAwsApi, aws:assertAwsResourceProperty, aws:waitForAwsResourceProperty.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from localcloud.clock import iso
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed, StepTimedOut
from localcloud.ssm.runbook import Step, invalid
from localcloud.ssm.selectors import BadSelector, NotFound, parse, select
from localcloud.ssm.values import as_text

_OURS = {"Service", "Api", "PropertySelector", "DesiredValues"}
_POLL_SECONDS = 10.0  # AWS does not say how often it looks
_LONGEST = 3600.0  # "The default timeout value is 3600 seconds"


class ExecuteApi(Action):
    name = "aws:executeAwsApi"
    inputs = frozenset({"Service", "Api"})
    required = inputs
    open_inputs = True

    def run(self, attempt: Attempt) -> Result:
        return Result(response=_call(attempt))


class AssertProperty(Action):
    name = "aws:assertAwsResourceProperty"
    inputs = frozenset(_OURS)
    required = inputs
    open_inputs = True

    def check(self, step: Step) -> None:
        try:
            parse(str(step.inputs["PropertySelector"]))
        except BadSelector:
            raise invalid(f"The PropertySelector of step {step.name} is not valid.") from None
        if not isinstance(step.inputs["DesiredValues"], list | str):
            raise invalid(f"DesiredValues of step {step.name} must be a list.")

    def run(self, attempt: Attempt) -> Result:
        response = _call(attempt)
        found = _property(attempt, response)
        if found not in _desired(attempt):
            raise StepFailed(
                f"Real value of the property {attempt.inputs['PropertySelector']} is {found}, "
                f"desired are {_desired(attempt)}",
                stage="PostVerification",
                kind="Verification",
            )
        return Result(response=response)


class WaitForProperty(AssertProperty):
    name = "aws:waitForAwsResourceProperty"

    def run(self, attempt: Attempt) -> Result:
        left = attempt.step.timeout or _LONGEST
        while True:
            response = _call(attempt)
            if _property(attempt, response) in _desired(attempt):
                return Result(response=response)
            if left <= 0:
                raise StepTimedOut("waiting for the desired value of a property")
            pause = min(_POLL_SECONDS, left)
            attempt.sleep(pause)
            left -= pause


def _call(attempt: Attempt) -> dict[str, Any]:
    """The response as JSON has it."""
    service, api = str(attempt.inputs["Service"]), str(attempt.inputs["Api"])
    try:
        client = attempt.client(service)
    except UnknownServiceError as error:
        raise StepFailed(str(error), stage="InputValidation") from error
    operation = getattr(client, xform_name(api), None)
    if operation is None:
        raise StepFailed(f"The service {service} has no API {api}", stage="InputValidation")
    arguments = {key: value for key, value in attempt.inputs.items() if key not in _OURS}
    answer = attempt.call(lambda: operation(**arguments), attempt.step.timeout)
    answer.pop("ResponseMetadata", None)
    response: dict[str, Any] = json.loads(json.dumps(answer, default=_plain))
    return response


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value.timestamp())
    if hasattr(value, "read"):
        raise StepFailed("Streaming APIs are not supported", stage="InputValidation")
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _property(attempt: Attempt, response: dict[str, Any]) -> str | None:
    try:
        return as_text(select(str(attempt.inputs["PropertySelector"]), response))
    except NotFound:
        return None


def _desired(attempt: Attempt) -> list[str]:
    desired = attempt.inputs["DesiredValues"]
    return [as_text(one) for one in (desired if isinstance(desired, list) else [desired])]
