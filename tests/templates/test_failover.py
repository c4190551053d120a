"""The runbook, the dashboard and the experiment."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from common.activation import SWITCH_SECONDS
from tests.templates.loading import (
    ROOT,
    functions,
    resources,
    states,
    strings,
    transformed_template,
)

FAILOVER = "templates/failover.yaml"
RUNBOOK: dict[str, Any] = yaml.safe_load((ROOT / "runbooks/automation-failover.yaml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in RUNBOOK["mainSteps"]}
CALLS = [name for name, step in STEPS.items() if step["action"] == "aws:invokeLambdaFunction"]


def seconds(duration: str) -> int:
    units = {"H": 3600, "M": 60, "S": 1}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([HMS])", duration))


def default_wait(step: str) -> int:
    name = STEPS[step]["inputs"]["Duration"].strip("{ }")
    return seconds(RUNBOOK["parameters"][name]["default"])


def test_the_steps_are_those_of_the_design_in_their_order() -> None:
    assert list(STEPS) == [
        "CheckFunctions",
        "AssertFunctions",
        "Failover",
        "AssertFailover",
        "ShiftTraffic",
        "WaitForTheFence",
        "ReconcileFirst",
        "WaitForReplication",
        "ReconcileLast",
        "AssertReconciled",
    ]
    following = [step.get("nextStep") for step in STEPS.values()]
    assert following == [*list(STEPS)[1:], None]
    assert STEPS["AssertReconciled"]["isEnd"] is True


def test_defect_8_a_step_that_fails_ends_the_runbook_but_for_the_shift_of_traffic() -> None:
    goes_on = [name for name, step in STEPS.items() if step["onFailure"] != "Abort"]
    assert goes_on == ["ShiftTraffic"]
    assert STEPS["ShiftTraffic"]["onFailure"] == "Continue"


@pytest.mark.parametrize(
    ("assertion", "step"),
    [
        ("AssertFunctions", "CheckFunctions"),
        ("AssertFailover", "Failover"),
        ("AssertReconciled", "ReconcileLast"),
    ],
)
def test_what_a_step_has_done_is_asserted_since_an_error_may_not_fail_it(
    assertion: str, step: str
) -> None:
    """Unit tests of each function show that it leaves this note, and only when it is done."""
    inputs = STEPS[assertion]["inputs"]
    assert inputs["Key"]["item"]["S"] == f"{step} of {{{{ automation:EXECUTION_ID }}}}"
    payload = json.loads(STEPS[step]["inputs"]["Payload"])
    assert payload["runbook"] == "{{ automation:EXECUTION_ID }}"


def test_the_runbook_waits_for_the_ttl_and_the_longest_publish() -> None:
    """A failure is recorded after the emailer was asked, so that takes the sum of both."""
    records = resources("global-resources.yaml", "AWS::Route53::RecordSet").values()
    (ttl,) = {int(record["TTL"]) for record in records}
    recording = longest(states("main-orchestrator")["Record the failure"])
    assert default_wait("WaitForTheFence") >= ttl + functions()["emailer"]["Timeout"] + recording


def test_the_first_mails_of_a_region_wait_as_long_as_the_runbook() -> None:
    variables = functions()["emailer"]["Environment"]["Variables"]
    assert int(variables["FENCE_SECONDS"]) == default_wait("WaitForTheFence")
    assert functions()["failover"]["Timeout"] == SWITCH_SECONDS


def longest(task: dict[str, Any]) -> float:
    """Return the seconds that all tries of a Task take, with the waits between them."""
    never, retry = task["Retry"]
    assert never["MaxAttempts"] == 0
    waits = [
        retry["IntervalSeconds"] * retry["BackoffRate"] ** n for n in range(retry["MaxAttempts"])
    ]
    waited = sum(min(wait, retry["MaxDelaySeconds"]) for wait in waits)
    return float(task["TimeoutSeconds"] * (retry["MaxAttempts"] + 1) + waited)


def test_the_last_pass_comes_after_the_15_minutes_of_replication() -> None:
    assert default_wait("WaitForTheFence") + default_wait("WaitForReplication") >= 15 * 60


@pytest.mark.parametrize("step", CALLS)
def test_a_call_ends_before_automation_stops_waiting(step: str) -> None:
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-lamb.html
    assert STEPS[step]["timeoutSeconds"] <= 300
    assert functions()[_function(step)]["Timeout"] < 300


def _function(step: str) -> str:
    names = {"CheckFunctions": "readiness", "Failover": "failover", "ShiftTraffic": "failover"}
    return names.get(step, "reconciler")


@pytest.mark.parametrize("step", CALLS)
def test_a_call_waits_for_its_response(step: str) -> None:
    inputs = STEPS[step]["inputs"]
    assert inputs["InvocationType"] == "RequestResponse"
    assert inputs["FunctionName"] == f"${{{_function(step).capitalize()}.Arn}}"
    assert isinstance(json.loads(inputs["Payload"]), dict)


def test_the_outputs_are_those_of_the_calls() -> None:
    reports = ["Failover", "ReconcileFirst", "ReconcileLast"]
    assert RUNBOOK["outputs"] == [f"{step}.Payload" for step in reports]


def test_the_resources_that_the_runbook_names_are_in_the_template() -> None:
    used = {name for text in strings(RUNBOOK) for name in re.findall(r"\$\{(\w+)[.}]", text)}
    assert used == {"RunbookRole", "Readiness", "Failover", "Reconciler", "Env"}
    assert used - {"Env"} <= set(transformed_template(FAILOVER)["Resources"])


def test_the_runbook_has_the_plain_name_in_the_default_environment_only() -> None:
    document = resources(FAILOVER, "AWS::SSM::Document")["Runbook"]
    plain, other = document["Name"]["Fn::If"][1:]
    assert plain == "AutomationFailoverRunbook"
    assert other == {"Fn::Sub": "AutomationFailoverRunbook${Env}"}
    conditions = transformed_template(FAILOVER)["Conditions"]
    assert conditions["IsDefaultEnv"] == {"Fn::Equals": [{"Ref": "Env"}, "-dev"]}
    assert document["UpdateMethod"] == "NewVersion"


def test_the_runbook_may_call_its_functions_and_read_their_notes_and_nothing_else() -> None:
    (policy,) = resources(FAILOVER, "AWS::IAM::Role")["RunbookRole"]["Policies"]
    calls, reads = policy["PolicyDocument"]["Statement"]
    assert calls["Action"] == "lambda:InvokeFunction"
    functions_called = [arn["Fn::GetAtt"][0] for arn in calls["Resource"]]
    assert functions_called == ["Readiness", "Failover", "Reconciler"]
    assert reads["Action"] == "dynamodb:GetItem"


def test_defect_9_no_template_and_no_deployment_makes_a_region_active() -> None:
    kinds = {item["Type"] for item in transformed_template(FAILOVER)["Resources"].values()}
    assert not [kind for kind in kinds if "Custom" in kind or "RoutingControl" in kind]
    scripts = [ROOT / "deployment/Makefile", *(ROOT / "deployment/deployer").rglob("*.py")]
    setters = [path.name for path in scripts if "routing_control_states" in path.read_text()]
    assert setters == ["routing_controls.py"]  # only while both are Off: its own tests say so


def test_the_dashboard_has_six_charts_for_each_region() -> None:
    (dashboard,) = resources("templates/dashboard.yaml", "AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == {"Fn::Sub": "MultiRegionBatchDashboard${Env}"}
    widgets = json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]
    charts = [
        (widget["properties"]["region"], widget["properties"]["title"])
        for widget in widgets
        if widget["type"] == "metric"
    ]
    titles = [
        "Input files split",
        "Files processed",
        "Main Orchestrator executions",
        "Chunk Processor executions",
        "Files reconciled",
        "Age of the oldest unfinished file",
    ]
    regions = ("${PrimaryRegion}", "${SecondaryRegion}")
    assert sorted(charts) == sorted((region, title) for region in regions for title in titles)


def test_the_dashboard_asks_each_region_for_its_own_metrics() -> None:
    (dashboard,) = resources("templates/dashboard.yaml", "AWS::CloudWatch::Dashboard").values()
    names = set()
    for widget in json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            assert metric[-1]["region"] == widget["properties"]["region"]
            names.add(metric[1])
    assert names == {
        "InputFilesSplit",
        "FilesProcessed",
        "FilesReconciled",
        "OldestUnfinishedFileAge",
        "ExecutionsSucceeded",
        "ExecutionsStarted",
        "ExecutionsFailed",
    }


def test_the_experiment_cuts_off_the_subnets_for_a_set_time_and_an_alarm_stops_it() -> None:
    (template,) = resources("templates/chaos.yaml", "AWS::FIS::ExperimentTemplate").values()
    assert template["Tags"] == {"Name": "MultiRegionBatchChaosTemplate"}
    (action,) = template["Actions"].values()
    assert action["ActionId"] == "aws:network:disrupt-connectivity"
    assert action["Parameters"] == {"scope": {"Ref": "Scope"}, "duration": {"Ref": "Duration"}}
    assert transformed_template("templates/chaos.yaml")["Parameters"]["Scope"]["AllowedValues"] == [
        "s3",
        "dynamodb",
        "all",
    ]
    (stop,) = template["StopConditions"]
    assert "batch-trigger-gave-up" in str(stop["Value"])


def test_a_superseded_run_does_not_count_as_failed() -> None:
    assert states("main-orchestrator")["Superseded"]["Type"] == "Succeed"


def test_both_regions_watch_on_a_schedule() -> None:
    """D6: both roots nest this template."""
    rule = resources("templates/failover.yaml", "AWS::Events::Rule")["WatchSchedule"]
    assert rule["ScheduleExpression"] == "rate(10 minutes)"
    assert rule["Targets"] == [{"Id": "watcher", "Arn": {"Fn::GetAtt": ["Watcher", "Arn"]}}]
    assert rule.get("State", "ENABLED") == "ENABLED"


@pytest.mark.parametrize("step", ["ReconcileFirst", "ReconcileLast"])
def test_calls_of_a_pass_name_the_runbooks_execution_so_that_they_go_on(step: str) -> None:
    payload = json.loads(STEPS[step]["inputs"]["Payload"])
    assert payload["runbook"] == "{{ automation:EXECUTION_ID }}"


def test_both_regions_call_every_function_on_a_schedule_so_that_none_falls_asleep() -> None:
    """It is not in the VPC itself, so that it has no network interface to lose."""
    rule = resources("templates/failover.yaml", "AWS::Events::Rule")["ReadinessSchedule"]
    assert rule["ScheduleExpression"] == "rate(6 hours)"
    names = functions()["readiness"]["Environment"]["Variables"]["FUNCTIONS"]["Fn::Join"][1]
    called = {name["Fn::Sub"] for name in names}
    assert called == {f"batch-{name}${{Env}}" for name in functions() if name != "readiness"}
