"""The door: executions and functions that are observed, held and stopped."""

from __future__ import annotations

import json
import threading

import pytest

from localcloud.testing import Invocation, evaluate, parse
from tests.testing.conftest import EAST, Lab

TWO_STATES = {
    "First": {"Type": "Pass", "Next": "Second"},
    "Second": {"Type": "Pass", "End": True},
}
LONG = {"Wait": {"Type": "Wait", "Seconds": 100_000, "End": True}}


def test_each_state_is_seen_before_and_after_it_runs(lab: Lab) -> None:
    moments: list[str] = []
    with lab.cloud.executions.observe(
        before=lambda _, state: moments.append(f"before {state}"),
        after=lambda _, state: moments.append(f"after {state}"),
    ):
        lab.start(TWO_STATES)
        assert lab.cloud.settle(10)
    lab.start(TWO_STATES)
    assert lab.cloud.settle(10)
    assert moments == ["before First", "after First", "before Second", "after Second"]


def test_a_held_execution_stands_before_the_state_until_it_is_released(lab: Lab) -> None:
    with lab.cloud.executions.hold("Second") as hold:
        arn = lab.start(TWO_STATES)
        execution = hold.wait(10)
        assert (execution.arn, execution.region, execution.status) == (arn, EAST, "RUNNING")
        assert execution.state_machine.startswith("machine-")
    assert lab.cloud.settle(10)
    assert execution.status == "SUCCEEDED"


def test_a_stopped_execution_is_aborted(lab: Lab) -> None:
    arn = lab.start(LONG)
    execution = lab.execution(arn)
    assert arn in [item.arn for item in lab.cloud.executions.find("RUNNING")]
    assert lab.cloud.activity() == [arn]
    execution.stop("Enough", "of this")
    assert (execution.status, execution.is_child_of_map) == ("ABORTED", False)
    described = lab.client("stepfunctions").describe_execution(executionArn=arn)
    assert (described["error"], described["cause"]) == ("Enough", "of this")
    assert lab.cloud.settle(10)


def test_settle_gives_up_and_ends_early_when_it_is_told_to(lab: Lab) -> None:
    execution = lab.execution(lab.start(LONG))
    assert not lab.cloud.settle(0.1)
    flip = threading.Event()
    flip.set()
    assert lab.cloud.settle(60, until=flip)
    execution.stop("Enough", "of this")


def test_a_function_s_run_is_seen_before_and_after(lab: Lab) -> None:
    moments: list[tuple[str, Invocation]] = []
    name = lab.function()
    with lab.cloud.functions.observe(
        before=lambda run: moments.append(("before", run)),
        after=lambda run: moments.append(("after", run)),
    ):
        lab.client("lambda").invoke(FunctionName=name)
    lab.client("lambda").invoke(FunctionName=name)
    assert [moment for moment, _ in moments] == ["before", "after"]
    assert {(run.function, run.region) for _, run in moments} == {(name, EAST)}


def test_a_runbook_s_execution_is_waited_for_and_cancelled(lab: Lab) -> None:
    sleep = {"action": "aws:sleep", "inputs": {"Duration": "PT100H"}}
    content = {"schemaVersion": "0.3", "mainSteps": [{"name": "Sleep", **sleep}]}
    ssm = lab.client("ssm")
    ssm.create_document(Name="Long", DocumentType="Automation", Content=json.dumps(content))
    started = ssm.start_automation_execution(DocumentName="Long")["AutomationExecutionId"]
    execution = lab.cloud.automation_execution(EAST, started)
    assert execution.wait(0.01) == execution.status == "InProgress"
    execution.cancel()
    assert execution.wait(10) == "Cancelled"
    assert execution.failure is None
    with pytest.raises(KeyError):
        execution.output("Sleep.Nothing")


def test_expressions_are_evaluated_as_a_state_would() -> None:
    field = {"sum": "{% $states.input.a + $b %}", "text": "as it is"}
    assert evaluate(field, states={"input": {"a": 1}}, b=2) == {"sum": 3, "text": "as it is"}
    with pytest.raises(Exception, match="undefined"):
        evaluate("{% $nothing %}")


def test_an_expression_that_does_not_parse_is_an_error() -> None:
    parse("{% 1 + 1 %}")
    with pytest.raises(ValueError, match="Unexpected end of expression"):
        parse("{% 1 + %}")
