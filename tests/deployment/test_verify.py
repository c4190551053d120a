"""deployment/deployer/verify.py: only a Region that is fit for traffic passes."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import Credentials

from deployment.deployer import verify
from deployment.deployer.errors import DeployError
from deployment.deployer.mail_permission import MayNotSend
from tests.deployment.fakes import FakeAws, plan

PLAN = plan()
URL = "https://a1.execute-api.eu-central-1.amazonaws.com/v1/records"
DEPLOYED = {
    "Reader": ("AWS::Lambda::Function", "batch-reader-x"),
    "Machine": ("AWS::StepFunctions::StateMachine", "arn:aws:states:eu-central-1:1:stateMachine:M"),
    "Logs": ("AWS::Logs::LogGroup", "logs"),
}
INNER = "arn:aws:cloudformation:eu-central-1:1:stack/inner"


class Region:
    """An application that is fit for traffic; each test breaks a part of it."""

    def __init__(self) -> None:
        self.reader: Any = {"ready": True}
        self.active = "eu-west-1"
        self.diagnostics: list[dict[str, str]] = []

    def aws(self) -> FakeAws:
        outputs = [{"OutputKey": "RecordsApiUrl", "OutputValue": URL}]
        machine = {"definition": "{}", "type": "EXPRESS"}
        aws = FakeAws(
            cloudformation={
                "list_stack_resources": self.resources,
                "describe_stacks": lambda **_: {"Stacks": [{"Outputs": outputs}]},
            },
            stepfunctions={
                "describe_state_machine": lambda **_: machine,
                "validate_state_machine_definition": self.validate,
            },
            **{"lambda": {"invoke": self.invoke}},
        )
        aws.credentials = lambda: Credentials("key", "secret")  # type: ignore[method-assign]
        return aws

    def resources(self, StackName: str) -> Any:  # noqa: N803 - named by the API
        nested = {"Batch": ("AWS::CloudFormation::Stack", INNER)}
        resources = DEPLOYED if StackName == INNER else nested
        summaries = [
            {"LogicalResourceId": name, "ResourceType": type_, "PhysicalResourceId": physical_id}
            for name, (type_, physical_id) in resources.items()
        ]
        return [{"StackResourceSummaries": summaries}]

    def invoke(self, FunctionName: str, Payload: str) -> Any:  # noqa: N803 - named by the API
        if FunctionName == "batch-reconciler-x":
            assert json.loads(Payload) == {}
            return {"Payload": io.BytesIO(json.dumps({"active": self.active}).encode())}
        assert json.loads(Payload) == {"check": True}
        failed = {"FunctionError": "Unhandled"} if "errorType" in self.reader else {}
        return {"Payload": io.BytesIO(json.dumps(self.reader).encode()), **failed}

    def validate(self, **_params: str) -> Any:
        return {"result": "FAIL" if self.diagnostics else "OK", "diagnostics": self.diagnostics}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The response of the API, and the requests that it got."""
    response = SimpleNamespace(status_code=400, text="{}", requests=[])

    def send(_session: Any, request: Any) -> SimpleNamespace:
        response.requests.append(request)
        return response

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    return response


@pytest.fixture(autouse=True)
def _may_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "check_mail_permission", lambda *_: "its role may send")


def run_checks(region: Region) -> None:
    verify.verify(region.aws(), PLAN, PLAN.standby, patience=0)


def test_a_region_that_is_fit_passes_each_check_once(
    api: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    run_checks(Region())
    output = capsys.readouterr().out
    for line in ("function batch-reader-x", "state machine M", "resolves to eu-west-1", URL):
        assert output.count(line) == 1
    assert "5 checks passed" in output
    (request,) = api.requests
    assert "/eu-central-1/execute-api/aws4_request" in str(request.headers["Authorization"])


@pytest.mark.usefixtures("api")
def test_a_function_that_does_not_start_stops_the_deployment() -> None:
    region = Region()
    region.reader = {
        "errorType": "Runtime.ImportModuleError",
        "errorMessage": "No module named 'x'",
    }
    with pytest.raises(
        DeployError, match=r"batch-reader-x: Runtime\.ImportModuleError: No module named"
    ):
        run_checks(region)


@pytest.mark.usefixtures("api")
def test_a_function_that_answers_something_else_is_not_ready() -> None:
    region = Region()
    region.reader = {"records": []}
    with pytest.raises(DeployError, match=r"answered .*records"):
        run_checks(region)


@pytest.mark.usefixtures("api")
def test_an_invalid_state_machine_is_named_with_the_place() -> None:
    region = Region()
    region.diagnostics = [{"message": "no such state", "location": "/StartAt"}]
    with pytest.raises(DeployError, match="State machine M: no such state at /StartAt"):
        run_checks(region)


@pytest.mark.usefixtures("api")
def test_a_record_that_names_a_third_region_fails() -> None:
    region = Region()
    region.active = "eu-north-1"
    with pytest.raises(DeployError, match=r"active\.batch-x\.internal: it names 'eu-north-1'"):
        run_checks(region)


@pytest.mark.usefixtures("api")
def test_an_emailer_that_may_not_send_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise MayNotSend("role lacks ses:SendEmail on configuration-set/all")

    monkeypatch.setattr(verify, "check_mail_permission", refuse)
    with pytest.raises(DeployError, match="The emailer: role lacks ses:SendEmail"):
        run_checks(Region())


def test_an_api_that_refuses_everybody_fails(api: SimpleNamespace) -> None:
    api.status_code, api.text = 403, '{"Message": "not authorized"}'
    with pytest.raises(DeployError, match="HTTP 403 instead of 400"):
        run_checks(Region())


def test_every_failed_check_is_named_and_nothing_is_wired(api: SimpleNamespace) -> None:
    api.status_code = 500
    region = Region()
    region.active = ""
    with pytest.raises(DeployError) as caught:
        run_checks(region)
    assert "stopped before anything is wired" in str(caught.value)
    assert "HTTP 500" in str(caught.value)
    assert "Record active" in str(caught.value)
