"""deployment/deployer/stacks.py: a stack is deployed or deleted; a failure is explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samcli.cli.types import CfnParameterOverridesType  # type: ignore[import-untyped]  # SAM has no types

from deployment.deployer import plan as plan_module
from deployment.deployer import sam as sam_module
from deployment.deployer import stacks
from deployment.deployer.errors import DeployError
from tests.deployment.fakes import FakeAws, error, event, plan
from tests.deployment.programs import FakePrograms

NESTED = "AWS::CloudFormation::Stack"
PLAN = plan()
STACK = PLAN.standby
ROOT = STACK.name
Sam = Callable[[str], None]


@pytest.fixture
def sam(programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sam:
    """A fake `sam`, by its shell script."""
    monkeypatch.setenv("PATH", f"{programs.folder}:/usr/bin:/bin")
    monkeypatch.setattr(plan_module, "LOGS", tmp_path / "log")
    monkeypatch.setattr(plan_module, "DEPLOYED", tmp_path / "deployed")
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0.01)
    return lambda script: programs.add("sam", script)


class Stacks:
    """A stack's statuses in the order of the calls, the last one for ever; and events by stack."""

    def __init__(self, *statuses: str, **events: list[dict[str, Any]]) -> None:
        self.statuses = list(statuses)
        self.events = events
        self.status_calls = 0
        self.event_calls = 0

    def aws(self) -> FakeAws:
        names = ("describe_stacks", "describe_stack_events", "delete_stack")
        return FakeAws(cloudformation={name: getattr(self, name) for name in names})

    def describe_stacks(self, **_params: str) -> Any:
        status = self.statuses[min(self.status_calls, len(self.statuses) - 1)]
        self.status_calls += 1
        if status == "MISSING":
            raise error("ValidationError", f"Stack with id {ROOT} does not exist")
        return {"Stacks": [{"StackStatus": status}]}

    def describe_stack_events(self, StackName: str) -> Any:  # noqa: N803 - named by the API
        """The first call comes before the operation begins, and gets no events."""
        events = self.events.get("root" if StackName == ROOT else StackName, [])
        self.event_calls += 1
        return [{"StackEvents": list(reversed(events)) if self.event_calls > 1 else []}]

    def delete_stack(self, **_params: str) -> None:
        pass


def test_a_stack_is_deployed_by_sam_with_its_parameters(sam: Sam, programs: FakePrograms) -> None:
    sam("")
    stacks.deploy(Stacks("MISSING").aws(), PLAN, STACK, {"Env": "-x", "A": "b c"})
    (call,) = programs.calls()
    assert f"--stack-name {ROOT} --region eu-central-1" in call
    assert "--s3-prefix batch-x" in call
    assert "CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND" in call
    assert call.endswith('--parameter-overrides Env="-x" A="b c"')


@pytest.mark.parametrize(
    "value", ["", "-x", ",", ";", "|", "tab", "\t", "a b", 'a "b" c', "'", "="]
)
def test_sam_reads_each_value_as_it_was_set(value: str) -> None:
    """By the parser of the sam that is installed: an empty value takes the old one away."""
    arguments = (sam_module.override("First", value), sam_module.override("Second", "2"))
    read = CfnParameterOverridesType().convert(arguments, None, None)
    assert read == {"First": value, "Second": "2"}


def test_changed_resources_are_counted_and_nested_stacks_are_not(
    sam: Sam, capsys: pytest.CaptureFixture[str]
) -> None:
    sam("")
    inner = [event(2, "inner", "Queue", "UPDATE_COMPLETE")]
    root = [event(1, ROOT, "Batch", "UPDATE_COMPLETE", NESTED, physical_id="inner")]
    stacks.deploy(Stacks("UPDATE_COMPLETE", root=root, inner=inner).aws(), PLAN, STACK, {})
    assert "done, 1 resource," in capsys.readouterr().out
    stacks.deploy(Stacks("UPDATE_COMPLETE", root=root).aws(), PLAN, STACK, {"New": ""})
    assert "done, no changes," in capsys.readouterr().out


@pytest.mark.parametrize(("inherited", "delay"), [("", 5), ("1", 1)])
def test_sam_waits_minutes_for_a_change_set_unless_the_shell_knows_better(
    sam: Sam, monkeypatch: pytest.MonkeyPatch, inherited: str, delay: int
) -> None:
    """It looks 120 times, and then calls a change set that is slow a failed one."""
    monkeypatch.delenv("SAM_CLI_POLL_DELAY", raising=False)
    if inherited:
        monkeypatch.setenv("SAM_CLI_POLL_DELAY", inherited)
    sam('echo "looks every $SAM_CLI_POLL_DELAY s"')
    stacks.deploy(Stacks("CREATE_COMPLETE").aws(), PLAN, STACK, {})
    assert f"looks every {delay} s" in STACK.log.read_text()


def test_a_failure_names_the_first_cause_in_the_nested_stack(sam: Sam) -> None:
    sam("exit 1")
    inner = [
        event(2, "inner", "Logs", "CREATE_FAILED", "AWS::Logs::LogGroup", reason="it exists"),
        event(3, "inner", "Queue", "CREATE_FAILED", reason="Resource creation cancelled"),
        event(3, "inner", "Topic", "CREATE_FAILED", reason="a later one"),
    ]
    root = [
        event(1, ROOT, "Batch", "CREATE_IN_PROGRESS", NESTED, physical_id="inner"),
        event(4, ROOT, "Batch", "CREATE_FAILED", NESTED, physical_id="inner", reason="Embedded …"),
    ]
    fake = Stacks("MISSING", "ROLLBACK_COMPLETE", root=root, inner=inner)
    with pytest.raises(DeployError) as caught:
        stacks.deploy(fake.aws(), PLAN, STACK, {})
    text = str(caught.value)
    assert "Batch/Logs (AWS::Logs::LogGroup) could not be created: it exists." in text
    assert "cancelled" not in text
    assert "a later one" not in text
    assert f"{ROOT}.eu-central-1.log" in text
    assert "deletes this half-made stack first" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("Error: Unable to upload artifact", "Unable to upload artifact."),
        (
            "Error: no change set, ex: … Status: FAILED. Reason: Invalid template",
            "Invalid template.",
        ),
        ("Error: surprised\\nTraceback:\\n  File x", "surprised."),
        ("", "sam printed no error."),
    ],
)
def test_a_failure_before_any_resource_has_sams_own_reason(
    sam: Sam, output: str, reason: str
) -> None:
    sam(f"printf '{output}'; exit 1")
    with pytest.raises(DeployError) as caught:
        stacks.deploy(Stacks("UPDATE_COMPLETE").aws(), PLAN, STACK, {})
    assert f"{STACK}. {reason} The whole output of sam" in str(caught.value)
    assert "Nothing was changed" in str(caught.value)


def test_a_failed_rollback_has_to_be_continued(sam: Sam) -> None:
    sam("exit 1")
    failed = [event(1, ROOT, "Queue", "UPDATE_FAILED", reason="denied")]
    fake = Stacks("UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED", root=failed)
    with pytest.raises(DeployError, match="continue-update-rollback --stack-name batch-standby-x"):
        stacks.deploy(fake.aws(), PLAN, STACK, {})


def test_another_deployment_that_is_running_is_not_disturbed(
    sam: Sam, programs: FakePrograms
) -> None:
    sam("")
    with pytest.raises(DeployError, match="another deployment is working on it"):
        stacks.deploy(Stacks("UPDATE_IN_PROGRESS").aws(), PLAN, STACK, {})
    assert not programs.calls()


def test_a_half_made_stack_is_deleted_before_it_is_created_again(
    sam: Sam, programs: FakePrograms
) -> None:
    sam("")
    fake = Stacks("ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "MISSING")
    aws = fake.aws()
    stacks.deploy(aws, PLAN, STACK, {})
    assert "delete_stack" in [name for name, _ in aws.calls]
    assert len(programs.calls()) == 1


@pytest.mark.usefixtures("sam")
def test_a_stack_that_is_being_created_is_deleted_when_that_has_ended() -> None:
    fake = Stacks("CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE", "MISSING")
    aws = fake.aws()
    stacks.delete(aws, STACK)
    assert [name for name, _ in aws.calls].index("delete_stack") > 2


@pytest.mark.usefixtures("sam")
def test_a_stack_that_cannot_be_deleted_says_why() -> None:
    failed = [event(1, ROOT, "Bucket", "DELETE_FAILED", reason="The bucket is not empty")]
    fake = Stacks("CREATE_COMPLETE", "CREATE_COMPLETE", "DELETE_FAILED", root=failed)
    with pytest.raises(
        DeployError, match=r"Bucket .* could not be deleted: The bucket is not empty"
    ):
        stacks.delete(fake.aws(), STACK)


def test_deleting_a_missing_stack_ends_at_once() -> None:
    aws = Stacks("MISSING").aws()
    stacks.delete(aws, STACK)
    assert "delete_stack" not in [name for name, _ in aws.calls]
