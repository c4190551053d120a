"""A Region is left with files in flight: the documented commands, and what the user sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from common.attempts import AttemptId
from common.runs import InputVersion, attempt_item
from common.state_table import StateTable
from tests.e2e.files import known_uuids, records, row, text
from tests.e2e.system import System, eventually
from tools.harness.mails import read_mails
from tools.harness.shell import DEPLOYMENT

ROWS = 600


def test_failover_loses_no_file_and_mails_none_twice(system: System, tmp_path: Path) -> None:
    """D1 to D3, D5, defects 1, 2, 3, 5: files of several chunks are under way at the failover."""
    uuids = known_uuids(ROWS)
    rows = [row(uuid, f"Country {number}") for number, uuid in enumerate(uuids)]
    names = ["flight-1.csv", "flight-2.csv"]
    with system.held("Merge all Files", system.deployment.regions[0]):
        since = {name: system.upload(name, text(rows).encode(), tmp_path) for name in names}
        system.shell.run("make", "failover", folder=DEPLOYMENT)
    states = [system.finish(name, since[name]) for name in names]
    assert [state["status"] for state in states] == ["COMPLETED", "COMPLETED"]
    standby = system.deployment.regions[1]
    assert {state["completed_region"] for state in states} == {standby}
    for state in states:
        out = records(system.output(state, region=state["completed_region"]))[1:]
        assert [record[:8] for record in out] == rows
        assert sum(state["run_id"] in mail["body"] for mail in read_mails(system.shell)) == 1


def test_failback_returns_the_work_to_the_first_region(system: System, tmp_path: Path) -> None:
    """D1, D5: the same runbook, in the other Region."""
    system.shell.run("make", "failback", folder=DEPLOYMENT)
    state = system.process("back.csv", text([row(known_uuids(1)[0])]).encode(), tmp_path)
    assert state["completed_region"] == system.deployment.regions[0]


def test_a_run_that_does_not_move_is_told_from_the_other_region(system: System) -> None:
    """D6: a Region that is down cannot tell. An item is all that is left of its run."""
    first, second = system.deployment.regions
    version = InputVersion("input/left.csv", "a version", 1)
    begun_at = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="milliseconds")
    item = attempt_item(AttemptId(version.run_id, 1), first, version, started_at=begun_at)
    table = StateTable(system.client("dynamodb", first), system.deployment.state_table, first, "")
    table.create(item | {"updated_at": begun_at})
    eventually(lambda: bool(system.rows("left.csv", second)), "the item comes over")
    system.cloud.faults.outage(first)
    try:
        eventually(
            lambda: any(version.run_id in text for text in system.messages_to_operators(second)),
            f"{second} tells of the run that {first} has left",
        )
    finally:
        system.cloud.faults.recover(first)
    table.fail(AttemptId(version.run_id, 1), "Ended", "by the test")
