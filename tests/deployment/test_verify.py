"""deployment/deployer/verify.py: a Region that is not fit for traffic is told from one that is."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import Credentials

from deployment.deployer import verify
from deployment.deployer.plan import Stopped
from tests.deployment.fakes import FakeCloud, plan

PLAN = plan()
URL = "https://a1.execute-api.eu-central-1.amazonaws.com/v1/records"
DEPLOYED = {
    "Reader": ("AWS::Lambda::Function", "batch-reader-x"),
    "Machine": ("AWS::StepFunctions::StateMachine", "arn:aws:states:eu-central-1:1:stateMachine:M"),
    "Logs": ("AWS::Logs::LogGroup", "logs"),
}
INNER = "arn:aws:cloudformation:eu-central-1:1:stack/inner"


class Region:
    """An application that is fit; tests spoil one thing."""

    def __init__(self) -> None:
        self.reader: Any = {"ready": True}
        self.active = "eu-west-1"
        self.problems: list[dict[str, str]] = []

    def cloud(self) -> FakeCloud:
        found = [{"OutputKey": "RecordsApiUrl", "OutputValue": URL}]
        machine = {"definition": "{}", "type": "EXPRESS"}
        cloud = FakeCloud(
            cloudformation={
                "list_stack_resources": self.resources,
                "describe_stacks": lambda **_: {"Stacks": [{"Outputs": found}]},
            },
            stepfunctions={
                "describe_state_machine": lambda **_: machine,
                "validate_state_machine_definition": self.validate,
            },
            **{"lambda": {"invoke": self.invoke}},
        )
        cloud.credentials = lambda: Credentials("key", "secret")  # type: ignore[method-assign]
        return cloud

    def resources(self, StackName: str) -> Any:  # noqa: N803 - named by the API
        nested = {"Batch": ("AWS::CloudFormation::Stack", INNER)}
        every = DEPLOYED if StackName == INNER else nested
        shown = [
            {
                "LogicalResourceId": name,
                "ResourceType": kind,
                "PhysicalResourceId": physical,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name, (kind, physical) in every.items()
        ]
        return [{"StackResourceSummaries": shown}]

    def invoke(self, FunctionName: str, Payload: str) -> Any:  # noqa: N803 - named by the API
        if FunctionName == "batch-reconciler-x":
            assert json.loads(Payload) == {}
            return {"Payload": io.BytesIO(json.dumps({"active": self.active}).encode())}
        assert json.loads(Payload) == {"check": True}
        failed = {"FunctionError": "Unhandled"} if "errorType" in self.reader else {}
        return {"Payload": io.BytesIO(json.dumps(self.reader).encode()), **failed}

    def validate(self, **_given: str) -> Any:
        return {"result": "FAIL" if self.problems else "OK", "diagnostics": self.problems}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The answer of the API; `seen` is what it was asked."""
    answer = SimpleNamespace(status_code=400, text="{}", seen=[])

    def send(_session: Any, request: Any) -> SimpleNamespace:
        answer.seen.append(request)
        return answer

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    return answer


def verified(region: Region) -> None:
    verify.verify(region.cloud(), PLAN, PLAN.standby, patience=0)


def test_a_region_that_is_fit_passes_each_check_once(
    api: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    verified(Region())
    said = capsys.readouterr().out
    for line in ("function batch-reader-x", "state machine M", "resolves to eu-west-1", URL):
        assert said.count(line) == 1
    assert "4 checks passed" in said
    (request,) = api.seen
    assert "/eu-central-1/execute-api/aws4_request" in str(request.headers["Authorization"])


@pytest.mark.usefixtures("api")
def test_a_function_that_does_not_start_stops_the_deployment() -> None:
    region = Region()
    region.reader = {
        "errorType": "Runtime.ImportModuleError",
        "errorMessage": "No module named 'x'",
    }
    with pytest.raises(
        Stopped, match=r"batch-reader-x: Runtime\.ImportModuleError: No module named"
    ):
        verified(region)


@pytest.mark.usefixtures("api")
def test_a_function_that_does_something_else_is_not_taken_for_ready() -> None:
    region = Region()
    region.reader = {"records": []}
    with pytest.raises(Stopped, match=r"answered .*records"):
        verified(region)


@pytest.mark.usefixtures("api")
def test_an_invalid_state_machine_is_named_with_the_place() -> None:
    region = Region()
    region.problems = [{"message": "no such state", "location": "/StartAt"}]
    with pytest.raises(Stopped, match="State machine M: no such state at /StartAt"):
        verified(region)


@pytest.mark.usefixtures("api")
def test_a_record_that_names_a_third_region_is_wrong() -> None:
    region = Region()
    region.active = "eu-north-1"
    with pytest.raises(Stopped, match=r"active\.batch-x\.internal: it names 'eu-north-1'"):
        verified(region)


def test_an_api_that_lets_nobody_in_does_not_answer(api: SimpleNamespace) -> None:
    api.status_code, api.text = 403, '{"Message": "not authorized"}'
    with pytest.raises(Stopped, match="HTTP 403 where 400 is due"):
        verified(Region())


def test_everything_that_failed_is_said_and_nothing_was_wired(api: SimpleNamespace) -> None:
    api.status_code = 500
    region = Region()
    region.active = ""
    with pytest.raises(Stopped) as stopped:
        verified(region)
    assert "stopped before anything is wired" in str(stopped.value)
    assert "HTTP 500" in str(stopped.value)
    assert "Record active" in str(stopped.value)
