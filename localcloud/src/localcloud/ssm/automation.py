"""The Automation operations of Systems Manager."""

import threading
import uuid
from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, access_denied, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import Principal, role_session
from localcloud.gateway.service import Service
from localcloud.iam import Authority
from localcloud.settings import ACCOUNT_ID
from localcloud.ssm.documents import Documents
from localcloud.ssm.execution import FINAL_STATUSES, Execution, Origin
from localcloud.ssm.parameters import invalid_parameters, values_for
from localcloud.ssm.runbook import ROLE_ARN
from localcloud.ssm.values import resolve_references
from localcloud.ssm.views import execution_view

_SERVICE = "ssm.amazonaws.com"


class Automation(Service):
    """Executions of runbooks."""

    service = "ssm"
    falls_through = True

    def __init__(self, cloud: Cloud, documents: Documents) -> None:
        self._cloud = cloud
        self._documents = documents
        self._lock = threading.Lock()
        self._executions: dict[tuple[str, str], Execution] = {}  # by Region and id
        # By Region and client token: the parameters and the execution's id.
        self._tokens: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}

    def start_automation_execution(self, call: Call, **params: Any) -> dict[str, str]:
        if params.get("Mode", "Auto") != "Auto":
            raise not_emulated(f"the execution mode {params['Mode']} of Automation")
        with self._lock:
            if existing := self._started_before(call.region, params):
                return {"AutomationExecutionId": existing}
            execution = self._prepare(call, params)
            self._executions[call.region, execution.id] = execution
            if token := params.get("ClientToken"):
                self._tokens[call.region, token] = params, execution.id
        execution.start()
        return {"AutomationExecutionId": execution.id}

    def get_automation_execution(self, call: Call, **params: Any) -> dict[str, Any]:
        return {"AutomationExecution": execution_view(self._execution(call, params))}

    def stop_automation_execution(self, call: Call, **params: Any) -> dict[str, Any]:
        if params.get("Type") == "Complete":
            raise not_emulated("StopAutomationExecution with the type Complete")
        execution = self._execution(call, params)
        if execution.status in FINAL_STATUSES:
            message = f"Execution {execution.id} has ended: {execution.status}."
            raise ApiError("InvalidAutomationStatusUpdateException", message)
        execution.cancel()
        return {}

    def execution(self, region: str, execution_id: str) -> Execution:
        """Return an execution for tests and demonstrations, which may ``join`` it, or KeyError."""
        return self._executions[region, execution_id]

    def close(self) -> None:
        running = [item for item in self._executions.values() if item.status not in FINAL_STATUSES]
        for execution in running:
            execution.cancel()
        for execution in running:
            execution.join(timeout=5)

    def _prepare(self, call: Call, params: dict[str, Any]) -> Execution:
        name, version = params["DocumentName"], params.get("DocumentVersion", "$DEFAULT")
        definition = self._documents.definition(call.region, name, version)
        values = values_for(definition.runbook, params.get("Parameters", {}))
        execution_id = str(uuid.uuid4())
        arn = f"arn:aws:ssm:{call.region}:{ACCOUNT_ID}:automation-execution/{execution_id}"
        role = resolve_references(definition.runbook.assume_role, values.__getitem__)
        principal = principal_for(self._cloud, call.principal, role, arn)
        origin = Origin(
            call.region, definition.name, definition.version, call.principal.arn, principal, values
        )
        return Execution(self._cloud, execution_id, origin, definition.runbook)

    def _started_before(self, region: str, params: dict[str, Any]) -> str | None:
        """Return the id of the execution that the same request has already started."""
        first, execution_id = self._tokens.get(
            (region, params.get("ClientToken", "")), (params, None)
        )
        if first != params:
            raise ApiError(
                "IdempotentParameterMismatch",
                "Error returned when an idempotent operation is retried and the parameters "
                "don't match the original call to the API with the same idempotency token.",
            )
        return execution_id

    def _execution(self, call: Call, params: dict[str, Any]) -> Execution:
        execution_id = params["AutomationExecutionId"]
        if execution := self._executions.get((call.region, execution_id)):
            return execution
        message = f"Automation Execution with ID {execution_id} not found."
        raise ApiError("AutomationExecutionNotFoundException", message)


def principal_for(cloud: Cloud, caller: Principal, role: str, execution_arn: str) -> Principal:
    """Raises InvalidAutomationExecutionParametersException, AccessDeniedException.

    In a cloud without IAM (a test of something else) nothing is checked.
    """
    if not role:
        return caller
    if not ROLE_ARN.fullmatch(role):
        raise invalid_parameters("The format of the supplied assume role ARN is invalid.")
    if authority := cloud.find(Authority):
        keys = {"iam:PassedToService": _SERVICE}
        if not (decision := authority.allows(caller, "iam:PassRole", role, keys)).allowed:
            denied = access_denied(caller.arn, "iam:PassRole", role, decision.reason)
            raise ApiError("AccessDeniedException", denied.message, 400)
        if not authority.can_assume(role, _SERVICE, execution_arn):
            raise invalid_parameters("The defined assume role is unable to be assumed.")
    return role_session(role, f"Automation-{execution_arn.rsplit('/', 1)[-1]}")
