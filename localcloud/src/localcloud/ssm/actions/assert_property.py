"""aws:assertAwsResourceProperty.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-assertAwsResourceProperty.html
"""

import re
from typing import Any

from botocore import xform_name

from localcloud.gateway.errors import not_emulated
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed
from localcloud.ssm.runbook import Step, invalid_document

_OWN = frozenset({"Service", "Api", "PropertySelector", "DesiredValues"})
_SELECTOR = re.compile(r"\$(\.\w+)+")


class AssertProperty(Action):
    """Calls an API as the runbook's role; all other inputs are the parameters of the call."""

    name = "aws:assertAwsResourceProperty"
    inputs = None
    required = _OWN

    def check(self, step: Step) -> None:
        selector, values = step.inputs["PropertySelector"], step.inputs["DesiredValues"]
        if not isinstance(values, list) or not values:
            raise invalid_document(f"DesiredValues of step {step.name} must be a list.")
        if not _SELECTOR.fullmatch(str(selector)):
            raise not_emulated(f"the PropertySelector {selector} of step {step.name}")

    def run(self, attempt: Attempt) -> Result:
        inputs = attempt.inputs
        client = attempt.client(inputs["Service"].lower())
        operation = getattr(client, xform_name(inputs["Api"]))
        params = {name: value for name, value in inputs.items() if name not in _OWN}
        response = attempt.call(lambda: operation(**params), attempt.step.timeout)
        value = _select(response, inputs["PropertySelector"])
        if value not in inputs["DesiredValues"]:
            selector, desired = inputs["PropertySelector"], inputs["DesiredValues"]
            raise StepFailed(f"{selector} is {value!r}, not one of {desired}", response=value)
        return Result()


def _select(response: Any, selector: str) -> Any:
    for name in selector.split(".")[1:]:
        response = response.get(name) if isinstance(response, dict) else None
    return response
