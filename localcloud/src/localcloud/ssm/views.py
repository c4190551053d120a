"""Executions and steps as the API shows them; members that are None are left out."""

import json
from typing import Any

from localcloud.clock import utc
from localcloud.ssm.execution import FINAL_STATUSES, Execution, StepRecord
from localcloud.ssm.values import as_texts

View = dict[str, Any]
_NO_OUTPUT = "No output available yet because the step is not successfully executed"


def execution_view(execution: Execution) -> View:
    """Return an AutomationExecution."""
    origin = execution.origin
    current = execution.current if execution.ended_at is None else None
    return {
        "AutomationExecutionId": execution.id,
        "DocumentName": origin.document,
        "DocumentVersion": origin.version,
        "AutomationExecutionStatus": execution.status,
        "ExecutionStartTime": utc(execution.started_at),
        "ExecutionEndTime": None if execution.ended_at is None else utc(execution.ended_at),
        "ExecutedBy": origin.executed_by,
        "Mode": "Auto",
        "Outputs": {name: _output(execution, name) for name in execution.runbook.outputs},
        "CurrentStepName": current.step.name if current else None,
        "CurrentAction": current.step.action if current else None,
        "FailureMessage": execution.failure,
        "StepExecutions": [_step(record) for record in execution.records.values()],
        "StepExecutionsTruncated": False,
        "Parameters": {name: as_texts(value) for name, value in origin.parameters.items()},
        "ResolvedTargets": {"ParameterValues": [], "Truncated": False},
        "Targets": [],
    }


def _step(record: StepRecord) -> View:
    """Return a StepExecution, in which each input is a JSON text."""
    definition = record.step
    has_ended = record.status in FINAL_STATUSES
    view: View = {
        "StepName": definition.name,
        "Action": definition.action,
        "StepStatus": record.status,
        "StepExecutionId": record.id,
        "OnFailure": definition.on_failure,
        "MaxAttempts": definition.max_attempts,
        "IsEnd": definition.is_end,
        "IsCritical": definition.is_critical,
        "Inputs": {name: _json(value) for name, value in (record.inputs or {}).items()},
        "Outputs": {name: as_texts(value) for name, value in record.outputs.items()},
        "OverriddenParameters": {},
        "TimeoutSeconds": None if definition.timeout is None else int(definition.timeout),
        "NextStep": record.next_step or definition.next_step,
        "ExecutionStartTime": None if record.started_at is None else utc(record.started_at),
        "ExecutionEndTime": None if record.ended_at is None else utc(record.ended_at),
        "ResponseCode": str(int(record.status != "Success")) if has_ended else None,
        "Response": _json(record.response) if has_ended and record.response is not None else None,
    }
    if failure := record.failure:
        view["FailureMessage"] = str(failure)
        view["FailureDetails"] = {
            "FailureStage": failure.stage,
            "FailureType": failure.kind,
            "Details": {"VerificationErrorMessage": [str(failure)]},
        }
    return view


def _output(execution: Execution, name: str) -> list[str]:
    try:
        return as_texts(execution.output(name))
    except KeyError:
        return [_NO_OUTPUT]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
