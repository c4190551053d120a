"""What tests of the interpreter share: machines out of a few states, tasks with given answers."""

from __future__ import annotations

import itertools
import json
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from localcloud import iam, stepfunctions
from localcloud.clock import Clock, ManualClock
from localcloud.cloud import new_cloud
from localcloud.settings import Settings
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall

REGION = "us-east-1"
ACCOUNT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}

Answers = dict[str, Any]


class Lab:
    """``tasks`` says by state name what a Task answers: ``{"result": …}``, ``{"error": …, "cause":
    …}`` or ``{"echo": true}``, or a list of those, one for each call.
    """

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.manual = ManualClock()
        self.cloud = new_cloud(Settings(folder), clock or self.manual)
        iam.install(self.cloud)
        stepfunctions.install(self.cloud)
        self.engine = self.cloud.get(Engine)
        self.engine.random_number = lambda: 1.0
        self.sfn = self.client("stepfunctions")
        role = self.client("iam").create_role(
            RoleName="machine", AssumeRolePolicyDocument=json.dumps(TRUST)
        )
        self.role_arn: str = role["Role"]["Arn"]
        self.allow("*")
        self.calls: list[tuple[str, Any]] = []
        self._names = itertools.count(1)

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_: object) -> None:
        self.cloud.close()

    def allow(self, *actions: str) -> None:
        """What the machines' role may do, from now on."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.client("iam").put_role_policy(
            RoleName="machine", PolicyName="machine", PolicyDocument=json.dumps(document)
        )

    def reset(self) -> None:
        """The time, and what was seen so far."""
        self.manual.time = ManualClock().time
        self.manual.slept.clear()
        self.calls.clear()

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, REGION)

    def play(self, tasks: Answers) -> None:
        """From now on, Task states answer so."""
        counts: defaultdict[str, int] = defaultdict(int)
        lock = threading.Lock()

        def perform(_: Integration, call: TaskCall, arguments: Any) -> Any:
            with lock:
                self.calls.append((call.state, arguments))
                number = counts[call.state]
                counts[call.state] += 1
            answers = tasks[call.state]
            answer = answers[number] if isinstance(answers, list) else answers
            if "error" in answer:
                raise StateError(answer["error"], answer.get("cause"))
            return arguments if answer.get("echo") else answer["result"]

        self.engine.perform = perform

    def create(self, definition: dict[str, Any], type_: str = "STANDARD", **more: Any) -> str:
        created = self.sfn.create_state_machine(
            name=f"machine-{next(self._names)}",
            definition=json.dumps(definition),
            roleArn=self.role_arn,
            type=type_,
            **more,
        )
        return str(created["stateMachineArn"])

    def run(self, definition: dict[str, Any], given: Any = None, type_: str = "STANDARD") -> Any:
        """Describes the execution when it has ended."""
        arn = self.create(definition, type_)
        text = json.dumps({} if given is None else given)
        if type_ == "EXPRESS":
            return self.sfn.start_sync_execution(stateMachineArn=arn, input=text)
        return self.wait(self.sfn.start_execution(stateMachineArn=arn, input=text)["executionArn"])

    def wait(self, execution_arn: str) -> Any:
        assert self.engine.store.executions[execution_arn].finished.wait(20), "it does not end"
        return self.sfn.describe_execution(executionArn=execution_arn)

    def history(self, execution_arn: str) -> list[dict[str, Any]]:
        pages = self.sfn.get_paginator("get_execution_history")
        found: list[dict[str, Any]] = []
        for page in pages.paginate(executionArn=execution_arn):
            found.extend(page["events"])
        return found


def machine(states: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition that starts at the first of ``states``."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **more}


def task(**more: Any) -> dict[str, Any]:
    """A Task state that ends, unless it is told to go on."""
    end = {} if "Next" in more else {"End": True}
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", **end, **more}
