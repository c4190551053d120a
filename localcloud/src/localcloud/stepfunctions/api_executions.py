"""Executions: start, stop, describe, list, history; map runs: describe, list."""

import json
import math
import uuid
from typing import Any

from localcloud.clock import utc
from localcloud.gateway.constraints import one_violation
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.api_resources import (
    LazyList,
    Lookup,
    describe_execution,
    summarize_execution,
    summarize_map_run,
)
from localcloud.stepfunctions.execution import BILLED_MEMORY_MB, Execution
from localcloud.stepfunctions.parser import json_fault
from localcloud.stepfunctions.quotas import DATA_BYTES, is_name

# "idempotent responses for the last 10 client tokens", "valid for up to 15 minutes":
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
_TOKENS = 10
_TOKEN_SECONDS = 900.0


class ExecutionOperations(Lookup):
    def start_execution(self, _: Call, **params: Any) -> dict[str, Any]:
        execution, is_new = self._execution_for(params)
        if is_new:
            self.engine.threads.start(execution.run)
        return {"executionArn": execution.arn, "startDate": utc(execution.started)}

    def start_sync_execution(self, _: Call, **params: Any) -> dict[str, Any]:
        """Runs on the caller's thread. A failed execution is an answer, not an error."""
        self._require_type(params["stateMachineArn"], is_express=True)
        execution, _is_new = self._execution_for(params)
        execution.run()
        return {
            **describe_execution(execution, params),
            "billingDetails": {
                "billedMemoryUsedInMB": BILLED_MEMORY_MB,
                "billedDurationInMilliseconds": execution.billed_ms,
            },
        }

    def stop_execution(self, _: Call, **params: Any) -> dict[str, Any]:
        execution = self.execution(params["executionArn"])
        execution.stop(params.get("error"), params.get("cause"))
        return {"stopDate": utc(execution.stopped or self.engine.clock.now())}

    def describe_execution(self, _: Call, **params: Any) -> dict[str, Any]:
        execution = self.execution(params["executionArn"])
        refusal = execution.redrive_refusal()
        status = "REDRIVABLE_BY_MAP_RUN" if execution.map_run_arn else "REDRIVABLE"
        return {
            **describe_execution(execution, params),
            "redriveStatus": "NOT_REDRIVABLE" if refusal else status,
            "redriveStatusReason": refusal,
        }

    def redrive_execution(self, _: Call, **params: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html"""
        arn, token = params["executionArn"], params.get("clientToken") or str(uuid.uuid4())
        execution, now = self.execution(arn), self.engine.clock.now()
        if execution.map_run_arn:
            message = "Labeled Execution ARNs are not supported for this API."
            raise ApiError("ValidationException", message)
        tokens = execution.redrive_tokens
        if now - tokens.get(token, -math.inf) > _TOKEN_SECONDS:
            tokens[token] = execution.redrive()
            execution.redrive_tokens = dict(list(tokens.items())[-_TOKENS:])
            self.engine.threads.start(execution.run)
        return {"redriveDate": utc(tokens[token])}

    def list_executions(self, _: Call, **params: Any) -> dict[str, Any]:
        """The latest first. Children of a Distributed Map are only listed by their map run."""
        machine_arn, map_run_arn = params.get("stateMachineArn"), params.get("mapRunArn")
        if (machine_arn is None) == (map_run_arn is None):
            message = "Must specify exactly one of stateMachineArn or mapRunArn"
            raise ApiError("ValidationException", message)
        if machine_arn and params.get("redriveFilter"):
            message = "RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN"
            raise ApiError("ValidationException", message)
        if map_run_arn:
            self.map_run(map_run_arn)
        elif machine_arn:
            self._require_type(machine_arn, is_express=False)
        with self.engine.store.lock:
            owned = self.engine.store.by_owner.get(map_run_arn or machine_arn or "", {})
            executions = list(owned.values())[::-1]
        if status := params.get("statusFilter"):
            executions = [execution for execution in executions if execution.status == status]
        if redrive_filter := params.get("redriveFilter"):
            is_redriven = redrive_filter == "REDRIVEN"
            executions = [each for each in executions if (each.redrive_count > 0) == is_redriven]
        return {"executions": LazyList(executions, summarize_execution)}

    def get_execution_history(self, _: Call, **params: Any) -> dict[str, Any]:
        events = list(self.execution(params["executionArn"]).history.events)
        if params.get("reverseOrder"):
            events.reverse()
        include_data = params.get("includeExecutionData", True)
        return {"events": LazyList(events, lambda event: event.wire(include_data))}

    def describe_map_run(self, _: Call, **params: Any) -> dict[str, Any]:
        run = self.map_run(params["mapRunArn"])
        return {
            **summarize_map_run(run),
            "status": run.status,
            "maxConcurrency": run.max_concurrency,
            "toleratedFailurePercentage": run.tolerated_percentage or 0.0,
            "toleratedFailureCount": run.tolerated_count,
            "itemCounts": run.counts(),
            "executionCounts": run.counts(),
        }

    def list_map_runs(self, _: Call, **params: Any) -> dict[str, Any]:
        arn = self.execution(params["executionArn"]).arn
        runs = [run for run in self.engine.store.map_runs.values() if run.execution_arn == arn]
        return {"mapRuns": [summarize_map_run(run) for run in runs]}

    def _require_type(self, machine_arn: str, is_express: bool) -> None:
        if self.machine(machine_arn).is_express != is_express:
            raise ApiError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )

    def _execution_for(self, params: dict[str, Any]) -> tuple[Execution, bool]:
        """The execution, and whether it is new: not if one of this name and input runs."""
        machine = self.machine(params["stateMachineArn"])
        text = params.get("input", "{}")
        data = _parse_input(text)
        unique = str(uuid.uuid4())
        name = params.get("name") or str(uuid.uuid4())
        if not is_name(name):
            raise ApiError("InvalidName", f"Invalid Name: '{name}'")
        arn = machine.execution_arn(name, unique)
        store = self.engine.store
        with store.lock:
            existing = store.executions.get(arn)
            if existing is None:
                execution = Execution(self.engine, machine, arn, name, data, text)
                store.add(execution, machine.arn)
                return execution, True
        if existing.status == "RUNNING" and existing.input_text == text:
            return existing, False
        raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")


def _parse_input(text: str) -> Any:
    if len(text.encode()) > DATA_BYTES:
        constraint = f"have length less than or equal to {DATA_BYTES}"
        raise one_violation("ValidationException", "input", constraint)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        reason = json_fault(error) if text.strip() else "Invalid execution input."
        message = f"Invalid State Machine Execution Input: '{reason}'"
        raise ApiError("InvalidExecutionInput", message) from error
