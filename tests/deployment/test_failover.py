"""deployment/failover.sh: starts the runbook, shows each step once, says why it failed."""

from __future__ import annotations

from tests.deployment.standins import Shell

SCRIPT = "deployment/failover.sh"
RUNBOOK = ("us-west-2", "AutomationFailoverRunbook")
START = r"*start-automation-execution*) echo e-1 ;;"


def _execution(shell: Shell, *looks: tuple[str, str], failure: str = "") -> None:
    """Each look: the status, and the steps as lines of name and status."""
    for number, (status, steps) in enumerate(looks, start=1):
        (shell.folder / f"status.{number}").write_text(status + "\n")
        (shell.folder / f"steps.{number}").write_text(steps)
    at = shell.folder / "look"
    at.write_text("0")
    shell.program("sleep", "")
    shell.program(
        "aws",
        f"""case "$*" in
            {START}
            *FailureMessage*) echo '{failure}' ;;
            *AutomationExecutionStatus*) n=$(($(<{at}) + 1)); echo $n > {at}
                cat {shell.folder}/status.$n ;;
            *StepExecutions*) cat {shell.folder}/steps.$(<{at}) ;;
            *Outputs*) echo '{{"Failover.Payload": ["done"]}}' ;;
        esac""",
    )


def test_it_starts_the_default_version_in_the_region_that_is_to_be_active(shell: Shell) -> None:
    _execution(shell, ("Success", ""))
    assert shell.run(SCRIPT, *RUNBOOK).returncode == 0
    start = shell.calls()[0]
    assert "--document-name AutomationFailoverRunbook --document-version $DEFAULT" in start
    assert "--region us-west-2" in start
    assert "--parameters" not in start


def test_parameters_are_handed_on(shell: Shell) -> None:
    _execution(shell, ("Success", ""))
    shell.run(SCRIPT, *RUNBOOK, "FenceWait=PT1M", "ReplicationWait=PT0S")
    assert "--parameters FenceWait=PT1M,ReplicationWait=PT0S" in shell.calls()[0]


def test_each_step_is_shown_as_it_goes_and_once(shell: Shell) -> None:
    _execution(
        shell,
        ("InProgress", "Failover\tInProgress\n"),
        ("InProgress", "Failover\tSuccess\nWaitForTheFence\tInProgress\n"),
        ("InProgress", "Failover\tSuccess\nWaitForTheFence\tInProgress\n"),
        ("Success", "Failover\tSuccess\nWaitForTheFence\tSuccess\n"),
    )
    done = shell.run(SCRIPT, *RUNBOOK)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[1:] for line in lines if line[1:2] in (["Failover"], ["WaitForTheFence"])] == [
        ["Failover", "InProgress"],
        ["Failover", "Success"],
        ["WaitForTheFence", "InProgress"],
        ["WaitForTheFence", "Success"],
    ]
    assert '{"Failover.Payload": ["done"]}' in done.stdout


def test_a_runbook_that_fails_says_why_and_what_next(shell: Shell) -> None:
    _execution(shell, ("Failed", "Failover\tFailed\n"), failure="QuorumUnreachable: 2 of 5")
    done = shell.run(SCRIPT, *RUNBOOK)
    assert done.returncode == 1
    assert "the runbook ended as Failed" in done.stderr
    assert "QuorumUnreachable: 2 of 5" in done.stderr
    assert "Next:" in done.stderr
    assert "What was done" not in done.stdout


def test_a_runbook_that_cannot_be_started_is_a_failure(shell: Shell) -> None:
    shell.program("aws", "echo 'InvalidDocument: no such runbook' >&2; exit 254")
    done = shell.run(SCRIPT, *RUNBOOK)
    assert done.returncode != 0
    assert "InvalidDocument" in done.stderr


def test_without_a_region_and_a_runbook_it_explains_itself(shell: Shell) -> None:
    shell.program("aws", "")
    done = shell.run(SCRIPT, "us-west-2")
    assert done.returncode == 2
    assert "failover.sh <region to make active>" in done.stderr
    assert not shell.calls()
