"""deployment/deployer/stacks.py: one stack, deployed or deleted; and what is said if that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samcli.cli.types import CfnParameterOverridesType  # type: ignore[import-untyped]  # SAM has no types

from deployment.deployer import plan as plans
from deployment.deployer import stacks
from deployment.deployer.plan import Stopped
from tests.deployment.fakes import FakeCloud, error, event, plan
from tests.deployment.standins import Shell

NESTED = "AWS::CloudFormation::Stack"
PLAN = plan()
STACK = PLAN.standby
ROOT = STACK.name
Sam = Callable[[str], None]


@pytest.fixture
def sam(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sam:
    """Stands in for `sam`."""
    monkeypatch.setenv("PATH", f"{shell.folder}:/usr/bin:/bin")
    monkeypatch.setattr(plans, "LOGS", tmp_path / "log")
    monkeypatch.setattr(stacks, "POLL", 0.01)
    return lambda body: shell.program("sam", body)


class Stacks:
    """Statuses in the order in which they are told, the last for ever; and events by stack."""

    def __init__(self, *states: str, **events: list[dict[str, Any]]) -> None:
        self.states = list(states)
        self.events = events
        self.asked = 0

    def cloud(self) -> FakeCloud:
        names = ("describe_stacks", "describe_stack_events", "delete_stack")
        return FakeCloud(cloudformation={name: getattr(self, name) for name in names})

    def describe_stacks(self, **_given: str) -> Any:
        state = self.states[min(self.asked, len(self.states) - 1)]
        self.asked += 1
        if state == "MISSING":
            raise error("ValidationError", f"Stack with id {ROOT} does not exist")
        return {"Stacks": [{"StackStatus": state}]}

    def describe_stack_events(self, StackName: str) -> Any:  # noqa: N803 - named by the API
        """None before the operation begins, that is until the state was asked once more."""
        found = self.events.get("root" if StackName == ROOT else StackName, [])
        self.events_told = getattr(self, "events_told", -1) + 1
        return [{"StackEvents": list(reversed(found)) if self.events_told else []}]

    def delete_stack(self, **_given: str) -> None:
        pass


def test_it_deploys_by_sam_with_what_it_is_given(sam: Sam, shell: Shell) -> None:
    sam("")
    stacks.deploy(Stacks("MISSING").cloud(), PLAN, STACK, {"Env": "-x", "A": "b c"})
    (call,) = shell.calls()
    assert f"--stack-name {ROOT} --region eu-central-1" in call
    assert "--s3-prefix batch-x" in call
    assert "CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND" in call
    assert call.endswith('--parameter-overrides Env="-x" A="b c"')


@pytest.mark.parametrize(
    "value", ["", "-x", ",", ";", "|", "tab", "\t", "a b", 'a "b" c', "'", "="]
)
def test_sam_reads_each_value_as_it_was_set(value: str) -> None:
    """By the parser of the sam that is installed: an empty value takes the old one away."""
    arguments = (stacks.override("First", value), stacks.override("Second", "2"))
    read = CfnParameterOverridesType().convert(arguments, None, None)
    assert read == {"First": value, "Second": "2"}


def test_what_was_changed_is_counted_and_nested_stacks_are_not(
    sam: Sam, capsys: pytest.CaptureFixture[str]
) -> None:
    sam("")
    inner = [event(2, "inner", "Queue", "UPDATE_COMPLETE")]
    root = [event(1, ROOT, "Batch", "UPDATE_COMPLETE", NESTED, physical="inner")]
    stacks.deploy(Stacks("UPDATE_COMPLETE", root=root, inner=inner).cloud(), PLAN, STACK, {})
    assert "done, 1 resource," in capsys.readouterr().out
    stacks.deploy(Stacks("UPDATE_COMPLETE", root=root).cloud(), PLAN, STACK, {})
    assert "done, no changes," in capsys.readouterr().out


def test_a_failure_names_the_first_cause_in_the_nested_stack(sam: Sam) -> None:
    sam("exit 1")
    inner = [
        event(2, "inner", "Logs", "CREATE_FAILED", "AWS::Logs::LogGroup", reason="it exists"),
        event(3, "inner", "Queue", "CREATE_FAILED", reason="Resource creation cancelled"),
        event(3, "inner", "Topic", "CREATE_FAILED", reason="a later one"),
    ]
    root = [
        event(1, ROOT, "Batch", "CREATE_IN_PROGRESS", NESTED, physical="inner"),
        event(4, ROOT, "Batch", "CREATE_FAILED", NESTED, physical="inner", reason="Embedded …"),
    ]
    made = Stacks("MISSING", "ROLLBACK_COMPLETE", root=root, inner=inner)
    with pytest.raises(Stopped) as stopped:
        stacks.deploy(made.cloud(), PLAN, STACK, {})
    said = str(stopped.value)
    assert "Batch/Logs (AWS::Logs::LogGroup) could not be created: it exists." in said
    assert "cancelled" not in said
    assert "a later one" not in said
    assert f"{ROOT}.eu-central-1.log" in said
    assert "deletes this half-made stack first" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("said_by_sam", "reason"),
    [
        ("Error: Unable to upload artifact", "Unable to upload artifact."),
        (
            "Error: no change set, ex: … Status: FAILED. Reason: Invalid template",
            "Invalid template.",
        ),
        ("Error: surprised\\nTraceback:\\n  File x", "surprised."),
        ("", "sam ended without a word."),
    ],
)
def test_a_failure_before_any_resource_has_sams_own_reason(
    sam: Sam, said_by_sam: str, reason: str
) -> None:
    sam(f"printf '{said_by_sam}'; exit 1")
    with pytest.raises(Stopped) as stopped:
        stacks.deploy(Stacks("UPDATE_COMPLETE").cloud(), PLAN, STACK, {})
    assert f"{STACK}. {reason} All that sam said" in str(stopped.value)
    assert "Nothing of it was changed" in str(stopped.value)


def test_a_failed_rollback_is_to_be_continued(sam: Sam) -> None:
    sam("exit 1")
    failed = [event(1, ROOT, "Queue", "UPDATE_FAILED", reason="denied")]
    made = Stacks("UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED", root=failed)
    with pytest.raises(Stopped, match="continue-update-rollback --stack-name batch-standby-x"):
        stacks.deploy(made.cloud(), PLAN, STACK, {})


def test_another_deployment_at_work_is_not_disturbed(sam: Sam, shell: Shell) -> None:
    sam("")
    with pytest.raises(Stopped, match="somebody else is at work"):
        stacks.deploy(Stacks("UPDATE_IN_PROGRESS").cloud(), PLAN, STACK, {})
    assert not shell.calls()


def test_what_was_left_half_made_is_deleted_before_it_is_made_again(sam: Sam, shell: Shell) -> None:
    sam("")
    made = Stacks("ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", "MISSING")
    cloud = made.cloud()
    stacks.deploy(cloud, PLAN, STACK, {})
    assert "delete_stack" in [name for name, _ in cloud.calls]
    assert len(shell.calls()) == 1


@pytest.mark.usefixtures("sam")
def test_a_stack_that_is_being_made_is_deleted_once_that_has_ended() -> None:
    made = Stacks("CREATE_IN_PROGRESS", "CREATE_COMPLETE", "CREATE_COMPLETE", "MISSING")
    cloud = made.cloud()
    stacks.delete(cloud, STACK)
    assert [name for name, _ in cloud.calls].index("delete_stack") > 2


@pytest.mark.usefixtures("sam")
def test_a_stack_that_cannot_be_deleted_says_why() -> None:
    failed = [event(1, ROOT, "Bucket", "DELETE_FAILED", reason="The bucket is not empty")]
    made = Stacks("CREATE_COMPLETE", "CREATE_COMPLETE", "DELETE_FAILED", root=failed)
    with pytest.raises(Stopped, match=r"Bucket .* could not be deleted: The bucket is not empty"):
        stacks.delete(made.cloud(), STACK)


def test_deleting_what_is_missing_is_done_at_once() -> None:
    cloud = Stacks("MISSING").cloud()
    stacks.delete(cloud, STACK)
    assert "delete_stack" not in [name for name, _ in cloud.calls]
