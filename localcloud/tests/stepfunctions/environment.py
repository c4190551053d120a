"""A cloud with Step Functions only, whose time is moved by hand and whose Tasks are scripted."""

from __future__ import annotations

import itertools
import json
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import iam, stepfunctions
from localcloud.clock import Clock
from localcloud.cloud import new_cloud
from localcloud.settings import Settings
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall
from tests.manual_clock import ManualClock
from tests.stepfunctions.definitions import machine, service_task

REGION = "us-east-1"
ACCOUNT = "123456789012"
_STATEMENT = {
    "Effect": "Allow",
    "Principal": {"Service": "states.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
TRUST_POLICY = {"Version": "2012-10-17", "Statement": [_STATEMENT]}


class Environment:
    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.clock = ManualClock()
        self.cloud = new_cloud(Settings(folder), clock or self.clock)
        iam.install(self.cloud)
        stepfunctions.install(self.cloud)
        self.engine = self.cloud.get(Engine)
        self.engine.random_number = lambda: 1.0
        self.sfn = self.client("stepfunctions")
        role = self.client("iam").create_role(
            RoleName="machine", AssumeRolePolicyDocument=json.dumps(TRUST_POLICY)
        )
        self.role_arn: str = role["Role"]["Arn"]
        self.allow("*")
        self.task_calls: list[tuple[str, Any]] = []  # name of the state, Arguments
        self._numbers = itertools.count(1)

    def __enter__(self) -> Environment:
        return self

    def __exit__(self, *_: object) -> None:
        self.cloud.close()

    def allow(self, *actions: str) -> None:
        """Replace the permissions of the machines' role."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.client("iam").put_role_policy(
            RoleName="machine", PolicyName="machine", PolicyDocument=json.dumps(document)
        )

    def reset(self) -> None:
        """Set the time back, and forget the calls of Tasks."""
        self.clock.time = ManualClock().time
        self.clock.slept.clear()
        self.task_calls.clear()

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, REGION)

    def script_tasks(self, results: dict[str, Any]) -> None:
        """Set the results of Tasks by the names of their states.

        ``{"result": …}``, ``{"error": …, "cause": …}`` or ``{"echo": true}``, or a list of those,
        one for each call.
        """
        counts: defaultdict[str, int] = defaultdict(int)
        lock = threading.Lock()

        def perform(_: Integration, call: TaskCall, arguments: Any) -> Any:
            with lock:
                self.task_calls.append((call.state, arguments))
                number = counts[call.state]
                counts[call.state] += 1
            result = results[call.state]
            if isinstance(result, list):
                result = result[number]
            if "error" in result:
                raise StateError(result["error"], result.get("cause"))
            return arguments if result.get("echo") else result["result"]

        self.engine.perform = perform

    def create(self, definition: dict[str, Any], type_: str = "STANDARD", **params: Any) -> str:
        """The ARN of a new state machine."""
        response = self.sfn.create_state_machine(
            name=f"machine-{next(self._numbers)}",
            definition=json.dumps(definition),
            roleArn=self.role_arn,
            type=type_,
            **params,
        )
        return str(response["stateMachineArn"])

    def run(self, definition: dict[str, Any], data: Any = None, type_: str = "STANDARD") -> Any:
        """Describe the execution when it has ended."""
        arn = self.create(definition, type_)
        text = json.dumps({} if data is None else data)
        if type_ == "EXPRESS":
            return self.sfn.start_sync_execution(stateMachineArn=arn, input=text)
        return self.wait(self.sfn.start_execution(stateMachineArn=arn, input=text)["executionArn"])

    def run_state(self, state: dict[str, Any], data: Any = None) -> Any:
        return self.run(machine({"State": state}), data)

    def output_of(self, state: dict[str, Any], data: Any = None) -> Any:
        execution = self.run_state(state, data)
        assert execution["status"] == "SUCCEEDED", execution
        return json.loads(execution["output"])

    def run_task(self, resource: str, arguments: Any) -> Any:
        return self.run_state(service_task(resource, arguments))

    def result_of(self, resource: str, arguments: Any) -> Any:
        return self.output_of(service_task(resource, arguments))

    def wait(self, execution_arn: str) -> Any:
        execution = self.engine.store.executions[execution_arn]
        assert execution.finished.wait(20), "the execution does not end"
        return self.sfn.describe_execution(executionArn=execution_arn)

    def history(self, execution_arn: str) -> list[dict[str, Any]]:
        pages = self.sfn.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return [event for page in pages for event in page["events"]]

    def event_types(self, execution_arn: str) -> list[str]:
        return [event["type"] for event in self.history(execution_arn)]


class StateGate:
    """An observer that holds executions in a state until it is opened."""

    def __init__(self, environment: Environment, state: str) -> None:
        self.state = state
        self.reached = threading.Event()
        self.open = threading.Event()
        environment.engine.observers.append(self)

    def before_state(self, _: Execution, state: str, _data: Any) -> None:
        if state == self.state:
            self.reached.set()
            assert self.open.wait(10)

    def after_state(self, *_: Any) -> None: ...


def error_of(raised: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    """Code and message."""
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]
