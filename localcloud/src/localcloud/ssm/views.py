"""Executions and steps as the API shows them."""

from __future__ import annotations

import json
from typing import Any

from localcloud.clock import utc
from localcloud.ssm.execution import ENDED, Execution, StepRecord
from localcloud.ssm.values import shown

View = dict[str, Any]
_NO_OUTPUT = "No output available yet because the step is not successfully executed"


def full(execution: Execution) -> View:
    """AutomationExecution."""
    parameters = {name: shown(value) for name, value in execution.origin.parameters.items()}
    return {
        **_common(execution),
        "StepExecutions": [step(record) for record in execution.records.values()],
        "StepExecutionsTruncated": False,
        "Parameters": parameters,
        "ResolvedTargets": {"ParameterValues": [], "Truncated": False},
        "Targets": [],
    }


def metadata(execution: Execution) -> View:
    """AutomationExecutionMetadata, as in lists."""
    return {**_common(execution), "LogFile": "", "AutomationType": "Local"}


def step(record: StepRecord) -> View:
    """StepExecution. Inputs are JSON texts, each by itself."""
    given = record.step
    view: View = {
        "StepName": given.name,
        "Action": given.action,
        "StepStatus": record.status,
        "StepExecutionId": record.id,
        "OnFailure": given.on_failure,
        "MaxAttempts": given.max_attempts,
        "IsEnd": given.is_end,
        "IsCritical": given.is_critical,
        "Inputs": {
            name: json.dumps(value, separators=(",", ":"))
            for name, value in (record.inputs or {}).items()
        },
        "Outputs": {name: shown(value) for name, value in record.outputs.items()},
        "OverriddenParameters": {},
    }
    if given.timeout is not None:
        view["TimeoutSeconds"] = int(given.timeout)
    if (following := record.next_step or given.next_step) is not None:
        view["NextStep"] = following
    if record.started is not None:
        view["ExecutionStartTime"] = utc(record.started)
    if record.ended is not None:
        view["ExecutionEndTime"] = utc(record.ended)
    if record.status in ENDED:
        view["ResponseCode"] = "0" if record.status == "Success" else "1"
        if record.response is not None:
            view["Response"] = json.dumps(record.response, separators=(",", ":"))
    if record.failure is not None:
        view["FailureMessage"] = record.failure
        view["FailureDetails"] = {
            "FailureStage": record.failure_stage,
            "FailureType": record.failure_type,
            "Details": {"VerificationErrorMessage": [record.failure]},
        }
    return view


def _common(execution: Execution) -> View:
    origin = execution.origin
    view: View = {
        "AutomationExecutionId": execution.id,
        "DocumentName": origin.document,
        "DocumentVersion": origin.version,
        "AutomationExecutionStatus": execution.status,
        "ExecutionStartTime": utc(execution.started),
        "ExecutedBy": origin.executed_by,
        "Mode": "Auto",
        "Outputs": {name: _output(execution, name) for name in execution.runbook.outputs},
    }
    if execution.ended is not None:
        view["ExecutionEndTime"] = utc(execution.ended)
    elif execution.current is not None:
        view["CurrentStepName"] = execution.current.step.name
        view["CurrentAction"] = execution.current.step.action
    if execution.failure is not None:
        view["FailureMessage"] = execution.failure
    return view


def _output(execution: Execution, name: str) -> list[str]:
    try:
        return shown(execution.output(name))
    except KeyError:
        return [_NO_OUTPUT]
