"""What docs/operations.md says of a redrive, by its own command."""

from __future__ import annotations

from pathlib import Path

from localcloud.testing import Execution, Hold

from tests.e2e.files import known_uuids, records, row, text
from tests.e2e.system import RUN_SECONDS, System, eventually
from tools.harness.mails import read_mails
from tools.harness.runs import Row

CHUNK = "Run the Chunk Processor"


def test_a_run_that_was_stopped_goes_on_with_the_chunks_that_are_missing(
    system: System, tmp_path: Path
) -> None:
    """Point 12: the first chunk is done and stays so; the result is mailed after the failure."""
    data = [row(uuid) for uuid in known_uuids(600)]  # two chunks
    hold: Hold[Execution] = Hold("the second chunk", limit=300.0)

    def keep(execution: Execution, state: str) -> None:
        if state == CHUNK and execution.input["chunk"]["index"] == 1:
            hold.keep(execution)

    with system.cloud.executions.observe(before=keep):
        since = system.upload("redriven.csv", text(data).encode(), tmp_path)
        second = hold.wait(RUN_SECONDS)
        run_id = second.input["run_id"]
        eventually(lambda: _statuses(system, run_id) == ["SUCCEEDED", "RUNNING"], "one chunk done")
        arn = _execution(system, run_id).arn
        stop = ("--error", "Stopped", "--cause", "by a test")
        system.shell.run(
            "aws", "stepfunctions", "stop-execution", "--execution-arn", arn, *stop, quiet=True
        )
        hold.release()
    failed = system.finish("redriven.csv", since)
    assert (failed["status"], failed["error"]) == ("FAILED", "Stopped")
    assert "by a test" in system.mail_of(failed)["body"]

    _redrive(system, arn)
    eventually(lambda: _row(system)["status"] == "COMPLETED", "the run completes", RUN_SECONDS)
    state = _row(system)
    assert (state["run_id"], state["attempt"]) == (run_id, 1)
    assert "error" not in state
    assert [record[:8] for record in records(system.output(state))[1:]] == data
    assert len([mail for mail in read_mails(system.shell) if run_id in mail["body"]]) == 2
    children = _children(system, run_id)
    assert [child.status for child in children] == ["SUCCEEDED", "SUCCEEDED"]
    assert children[1].arn == second.arn


def test_a_run_that_told_its_own_failure_fails_again_and_mails_no_more(
    system: System, tmp_path: Path
) -> None:
    state = system.process("refused-again.csv", b"no,header\n", tmp_path)
    assert state["status"] == "FAILED"
    system.mail_of(state)
    execution = _execution(system, state["run_id"])
    _redrive(system, execution.arn)
    eventually(lambda: execution.status == "FAILED", "it fails again")
    assert system.cloud.settle(RUN_SECONDS)
    (after,) = system.rows("refused-again.csv", system.deployment.regions[0])
    assert (after["status"], after["error"]) == ("FAILED", state["error"])
    assert len([mail for mail in read_mails(system.shell) if state["run_id"] in mail["body"]]) == 1


def _redrive(system: System, arn: str) -> None:
    system.shell.run(
        "aws", "stepfunctions", "redrive-execution", "--execution-arn", arn, quiet=True
    )


def _row(system: System) -> Row:
    (state,) = system.rows("redriven.csv", system.deployment.regions[0])
    return state


def _execution(system: System, run_id: str) -> Execution:
    """That of the Main Orchestrator, whose name begins with the id of its run."""
    (execution,) = [
        execution
        for execution in system.cloud.executions.find()
        if execution.name.startswith(run_id) and not execution.is_child_of_map
    ]
    return execution


def _children(system: System, run_id: str) -> list[Execution]:
    """Those of the run's chunks, in the order of the file."""
    children = [
        execution
        for execution in system.cloud.executions.find()
        if execution.is_child_of_map and execution.input["run_id"] == run_id
    ]
    return sorted(children, key=lambda child: int(child.input["chunk"]["index"]))


def _statuses(system: System, run_id: str) -> list[str]:
    return [child.status for child in _children(system, run_id)]
