"""A cloud with IAM, Systems Manager and a fake Lambda, whose time moves by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import iam, ssm
from localcloud.clock import Clock
from localcloud.cloud import new_cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

REGION = "us-east-1"
Step = dict[str, Any]


class BlockedClock(ManualClock):
    """A clock whose sleeps last until it is released or they are cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = threading.Event()
        self._moved = threading.Event()

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        self.slept.append(seconds)
        self.asleep.set()
        assert wake is not None
        while not self._moved.is_set() and not wake.wait(0.001):
            pass
        if not wake.is_set():
            self.time += seconds

    def release(self) -> None:
        self._moved.set()


class FakeLambda(Service):
    """Answers Invoke by ``functions``; the result ``None`` stands for an error of the function."""

    service = "lambda"

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.callers: list[str] = []
        self.functions: dict[str, Callable[[Any], Any]] = {}

    def invoke(self, call: Call, **params: Any) -> Response:
        name, payload = params["FunctionName"], params.get("Payload")
        self.callers.append(call.principal.arn)
        event = json.loads(payload) if payload else None
        self.calls.append((name, event))
        answer = self.functions[name](event)
        if answer is None:
            body = b'{"errorType":"Boom","errorMessage":"no"}'
            return Response(200, {"X-Amz-Function-Error": "Unhandled"}, body)
        return Response(200, {}, json.dumps(answer).encode())


class Lab:
    def __init__(self, folder: Path, clock: Clock) -> None:
        self.cloud = new_cloud(Settings(folder), clock)
        iam.install(self.cloud)
        ssm.install(self.cloud)
        self.functions = FakeLambda()
        self.cloud.gateway.register("lambda", self.functions)
        self.functions.functions["f"] = lambda event: {"seen": event}
        self.clock: Any = clock
        self.ssm: Any = self.cloud.clients.client("ssm", REGION)

    def role(self, *actions: str, trusts: str = "ssm.amazonaws.com") -> str:
        client = self.cloud.clients.client("iam", REGION)
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": trusts},
            "Action": "sts:AssumeRole",
        }
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        arn: str = client.create_role(RoleName="runbook", AssumeRolePolicyDocument=_policy(trust))[
            "Role"
        ]["Arn"]
        client.put_role_policy(RoleName="runbook", PolicyName="p", PolicyDocument=_policy(allow))
        return arn

    def create(self, *steps: Step, name: str = "Runbook", **fields: Any) -> None:
        document = {"schemaVersion": "0.3", "mainSteps": list(steps), **fields}
        self.ssm.create_document(Name=name, DocumentType="Automation", Content=json.dumps(document))

    def start(self, **params: Any) -> str:
        params = {"DocumentName": "Runbook", **params}
        execution_id: str = self.ssm.start_automation_execution(**params)["AutomationExecutionId"]
        return execution_id

    def get(self, execution: str) -> dict[str, Any]:
        answer = self.ssm.get_automation_execution(AutomationExecutionId=execution)
        description: dict[str, Any] = answer["AutomationExecution"]
        return description

    def join(self, execution: str) -> dict[str, Any]:
        self.cloud.get(ssm.Automation).execution(REGION, execution).join(10)
        return self.get(execution)

    def run(self, *steps: Step, parameters: Any = None, **fields: Any) -> dict[str, Any]:
        """Create a runbook of the steps, run it, and return the description of its execution."""
        self.create(*steps, **fields)
        return self.join(self.start(**({"Parameters": parameters} if parameters else {})))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def invoke(name: str = "Invoke", function: str = "f", **fields: Any) -> Step:
    inputs = {"FunctionName": function, **fields.pop("inputs", {})}
    return {"name": name, "action": "aws:invokeLambdaFunction", "inputs": inputs, **fields}


def sleep(name: str = "Sleep", duration: str = "PT15M", **fields: Any) -> Step:
    return {"name": name, "action": "aws:sleep", "inputs": {"Duration": duration}, **fields}


def statuses(execution: dict[str, Any]) -> list[str]:
    return [step["StepStatus"] for step in execution["StepExecutions"]]


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    lab = Lab(tmp_path, ManualClock())
    yield lab
    lab.cloud.close()


@pytest.fixture
def blocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Lab, BlockedClock]]:
    """A lab in which a sleep lasts until the clock is released."""
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    clock = BlockedClock()
    lab = Lab(tmp_path, clock)
    yield lab, clock
    lab.cloud.close()
