"""What has to wait for capacity waits, and does not fail."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

from localcloud.testing import Call

from tests.e2e.conftest import FIRST_FILE
from tests.e2e.files import known_uuids, records, row, text
from tests.e2e.system import EVENT_SECONDS, RUN_SECONDS, System, eventually
from tools.harness.mails import read_mails
from tools.harness.shell import DEPLOYMENT

UUIDS = known_uuids(2)
DATA = text([row(uuid) for uuid in UUIDS]).encode()


def test_a_chunk_that_is_throttled_beyond_its_time_is_processed_when_there_is_room(
    system: System, tmp_path: Path
) -> None:
    """Express executions have 55 seconds. What they could not do in it counts as no try."""
    system.finish(FIRST_FILE)  # so that no other file is under way
    functions = system.client("lambda", system.deployment.regions[0])
    validator = system.deployment.function("validator")
    functions.put_function_concurrency(FunctionName=validator, ReservedConcurrentExecutions=0)
    try:
        with system.cloud.executions.hold("Wait for capacity") as hold:
            since = system.upload("throttled.csv", DATA, tmp_path)
            hold.wait(EVENT_SECONDS)
            # An execution that timed out on a busy machine holds its slot until its lease ends.
            eventually(
                lambda: "chunks that wait: 1; files under way: 1" in _status(system),
                "the chunk has no slot",
                RUN_SECONDS,
            )
    finally:
        functions.delete_function_concurrency(FunctionName=validator)
    state = system.finish("throttled.csv", since)
    assert state["status"] == "COMPLETED"
    assert [record[0] for record in records(system.output(state))[1:]] == UUIDS


def test_a_file_whose_rows_are_all_rejected_waits_for_the_table_of_rejects(
    system: System, tmp_path: Path
) -> None:
    """Every write is throttled until the chunk has waited for capacity once."""
    is_throttled = Event()
    is_throttled.set()

    def throttle(call: Call) -> None:
        if is_throttled.is_set() and str(call.params.get("TableName")).startswith("batch-errors"):
            call.refuse("ProvisionedThroughputExceededException", "Rate exceeded")

    data = text([row("12"), row("34")]).encode()
    with system.cloud.calls.observe(["dynamodb"], before=throttle, after=lambda _: None):
        with system.cloud.executions.hold("Wait for capacity") as hold:
            since = system.upload("rejected.csv", data, tmp_path)
            hold.wait(EVENT_SECONDS)
            is_throttled.clear()
        state = system.finish("rejected.csv", since)
    assert (state["status"], int(state["rows_rejected"])) == ("COMPLETED", 2)
    assert [record[0] for record in records(system.output(state, ".rejects.csv"))[1:]] == ["1", "2"]


def test_files_that_load_test_uploads_side_by_side_wait_visibly_and_each_comes_out_right(
    system: System, tmp_path: Path
) -> None:
    """Nothing can be processed until all of them are under way."""
    file, region = tmp_path / "small.csv", system.deployment.regions[0]
    file.write_bytes(DATA)
    functions, validator = system.client("lambda", region), system.deployment.function("validator")
    functions.put_function_concurrency(FunctionName=validator, ReservedConcurrentExecutions=0)
    try:
        options = ["-a", system.deployment.mrap_arn, "-r", "20", "-w", "0", "-f", str(file)]
        printed = system.shell.run("assets/load-test.sh", *options, quiet=True)
        names = re.findall(r" of 20: input/(\S+) from ", printed)
        assert len(set(names)) == 20

        eventually(lambda: status_count(system, "files under way") >= 20, "all are under way")
        assert status_count(system, "in flight") >= 20
    finally:
        functions.delete_function_concurrency(FunctionName=validator)
    for name in names:
        state = system.finish(name)
        assert state["status"] == "COMPLETED"
        assert [record[0] for record in records(system.output(state))[1:]] == UUIDS


def status_count(system: System, what: str) -> int:
    """The number behind these words in the first line of `make status` that has them."""
    printed = system.shell.run("make", "-s", "status", folder=DEPLOYMENT, quiet=True)
    match = re.search(rf"{what}: (\d+)", printed)
    assert match, printed
    return int(match[1])


def test_a_finished_file_waits_for_the_quotas_of_ses_and_is_mailed_once(
    system: System, tmp_path: Path
) -> None:
    """It waits for longer than five tries, which used to be all. A try is one call."""

    def refused() -> int:
        calls = system.cloud.calls.outcomes().items()
        quota = (":SendEmail", "TooManyRequestsException")
        return sum(
            n for (action, outcome), n in calls if action.endswith(quota[0]) and outcome == quota[1]
        )

    before = refused()
    fault = system.cloud.faults.refuse("TooManyRequestsException", 429, service="sesv2")
    try:
        since = system.upload("quota.csv", DATA, tmp_path)
        eventually(lambda: refused() - before > 6, "SES has refused the mail again", RUN_SECONDS)
    finally:
        fault.remove()
    state = system.finish("quota.csv", since)
    assert state["status"] == "COMPLETED"
    mails = [mail for mail in read_mails(system.shell) if state["run_id"] in mail["body"]]
    assert len(mails) == 1


def _status(system: System) -> str:
    return str(system.shell.run("make", "-s", "status", folder=DEPLOYMENT, quiet=True))
