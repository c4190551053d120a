"""Executions: start, stop, describe, list, history."""

from __future__ import annotations

import json
import math
import uuid
from typing import Any

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.api_state_machines import StateMachineOperations, described
from localcloud.stepfunctions.arns import require_arn
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.quotas import DATA_BYTES, dumps, is_name
from localcloud.stepfunctions.state_machine import StateMachine

Answer = dict[str, Any]


class ExecutionOperations(StateMachineOperations):
    def start_execution(
        self,
        _: Call,
        *,
        stateMachineArn: str,
        name: str | None = None,
        input: str = "{}",
        **_others: Any,  # traceHeader: there is no X-Ray here
    ) -> Answer:
        execution, is_new = self._new(self.machine(stateMachineArn), name, input)
        if is_new:
            self.engine.threads.start(execution.run)
        return {"executionArn": execution.arn, "startDate": utc(execution.started)}

    def start_sync_execution(
        self,
        _: Call,
        *,
        stateMachineArn: str,
        name: str | None = None,
        input: str = "{}",
        includedData: str = "ALL_DATA",
        **_others: Any,
    ) -> Answer:
        """Runs on the caller's thread. A failed execution is an answer, not an error."""
        machine = self.machine(stateMachineArn)
        if not machine.is_express:
            raise ApiError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        execution = self._new(machine, name, input)[0]
        execution.run()
        seconds = (execution.stopped or execution.started) - execution.started
        return {
            **_described(execution, includedData),
            "stopDate": utc(execution.stopped or execution.started),
            "billingDetails": {
                "billedMemoryUsedInMB": 64,
                "billedDurationInMilliseconds": max(1, math.ceil(seconds * 10)) * 100,
            },
        }

    def stop_execution(
        self,
        _: Call,
        *,
        executionArn: str,
        error: str | None = None,
        cause: str | None = None,
    ) -> Answer:
        execution = self._execution(executionArn)
        execution.stop(error, cause)
        return {"stopDate": utc(execution.stopped or self.engine.clock.now())}

    def describe_execution(
        self,
        _: Call,
        *,
        executionArn: str,
        includedData: str = "ALL_DATA",
    ) -> Answer:
        execution = self._execution(executionArn)
        shown = {
            **_described(execution, includedData),
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "The local cloud does not emulate redriving executions",
        }
        if execution.map_run_arn:
            shown["mapRunArn"] = execution.map_run_arn
        return shown

    def describe_state_machine_for_execution(
        self,
        _: Call,
        *,
        executionArn: str,
        includedData: str = "ALL_DATA",
    ) -> Answer:
        execution = self._execution(executionArn)
        machine = execution.machine
        shown = {
            "stateMachineArn": machine.arn,
            "updateDate": utc(machine.updated),
            **described(machine, includedData),
        }
        if execution.map_run_arn:
            shown |= {"mapRunArn": execution.map_run_arn, "label": machine.label}
        return shown

    def list_executions(
        self,
        _: Call,
        *,
        stateMachineArn: str | None = None,
        mapRunArn: str | None = None,
        statusFilter: str | None = None,
        redriveFilter: str | None = None,
    ) -> Answer:
        """The latest first. Children of a Distributed Map are only listed by their map run."""
        if (stateMachineArn is None) == (mapRunArn is None):
            raise ApiError(
                "ValidationException",
                "Must specify exactly one of stateMachineArn or mapRunArn",
            )
        if mapRunArn is not None:
            self.map_run(mapRunArn)
        elif stateMachineArn is not None and self.machine(stateMachineArn).is_express:
            raise ApiError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        with self.engine.store.lock:
            executions = list(self.engine.store.by_owner[mapRunArn or stateMachineArn or ""])
        executions.reverse()
        if statusFilter:
            executions = [each for each in executions if each.status == statusFilter]
        if redriveFilter == "REDRIVEN":
            executions = []
        return {"executions": [_listed(each) for each in executions]}

    def get_execution_history(
        self,
        _: Call,
        *,
        executionArn: str,
        reverseOrder: bool = False,
        includeExecutionData: bool = True,
    ) -> Answer:
        events = list(self._execution(executionArn).history.events)
        if reverseOrder:
            events.reverse()
        return {"events": [event.wire(includeExecutionData) for event in events]}

    def redrive_execution(self, _: Call, **_params: Any) -> Answer:
        raise not_emulated("redriving executions")

    def map_run(self, arn: str) -> Any:
        raise NotImplementedError

    def _new(self, machine: StateMachine, name: str | None, text: str) -> tuple[Execution, bool]:
        """The execution, and whether it is a new one: the same name and input while it runs mean
        the same one.
        """
        value = _input(text)
        unique = str(uuid.uuid4())
        name = name or str(uuid.uuid4())
        if not is_name(name):
            raise ApiError("InvalidName", f"Invalid Name: '{name}'")
        arn = machine.execution_arn(name, unique)
        with self.engine.store.lock:
            existing = self.engine.store.executions.get(arn)
            if existing is not None:
                if existing.status == "RUNNING" and existing.input_text == text:
                    return existing, False
                raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
            execution = Execution(self.engine, machine, arn, name, value, text)
            self.engine.store.add(execution, machine.arn)
        return execution, True

    def _execution(self, arn: str) -> Execution:
        """A Standard execution: those of Express machines are only seen in their logs."""
        require_arn(arn, "execution")
        execution = self.engine.store.executions.get(arn)
        if execution is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution


def _input(text: str) -> Any:
    if len(text.encode()) > DATA_BYTES:
        raise ApiError(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {DATA_BYTES}",
        )
    try:
        return json.loads(text)
    except ValueError as error:
        what = "Invalid execution input." if not text.strip() else str(error)
        raise ApiError(
            "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{what}'"
        ) from error


def _described(execution: Execution, included: str) -> Answer:
    shown: Answer = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": utc(execution.started),
    }
    if execution.stopped is not None:
        shown["stopDate"] = utc(execution.stopped)
    with_data = included == "ALL_DATA"
    details = {"included": with_data}
    shown["inputDetails"] = details
    if with_data:
        shown["input"] = execution.input_text or dumps(execution.input)
    if execution.status == "SUCCEEDED":
        shown["outputDetails"] = details
        if with_data:
            shown["output"] = dumps(execution.output)
    for member, value in (("error", execution.error), ("cause", execution.cause)):
        if value is not None and with_data:
            shown[member] = value
    return shown


def _listed(execution: Execution) -> Answer:
    shown: Answer = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": utc(execution.started),
        "redriveCount": 0,
    }
    if execution.stopped is not None:
        shown["stopDate"] = utc(execution.stopped)
    if execution.map_run_arn:
        shown |= {"mapRunArn": execution.map_run_arn, "itemCount": execution.item_count}
    return shown
