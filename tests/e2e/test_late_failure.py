"""A Region that was left still writes, late and unseen: what the other one owns stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localcloud.testing import Call

from tests.e2e.files import known_uuids, records, row, text
from tests.e2e.system import EVENT_SECONDS, RUN_SECONDS, System, eventually
from tools.harness.mails import read_mails, wait_for_mail
from tools.harness.runs import Row
from tools.harness.shell import DEPLOYMENT

CHUNK_FAILED = "Say why the chunk failed"
WAITS = ("FENCE_WAIT=PT3M", "REPLICATION_WAIT=PT1M")
NAME = "late.csv"


def test_a_chunk_that_fails_late_takes_no_run_back_that_the_other_region_completed(
    system: System, tmp_path: Path
) -> None:
    """D5: while the table does not replicate, the other Region completes the file and mails it;
    then a chunk of the first attempt fails and says why. Neither that nor failback mails again.
    """
    cloud, (first, second) = system.cloud, system.deployment.regions
    data = [row(uuid) for uuid in known_uuids(3)]
    with _readers_fail(system, first), system.held(CHUNK_FAILED, first) as late:
        since = system.upload(NAME, text(data).encode(), tmp_path)
        late.wait(EVENT_SECONDS)
        run_id = system.rows(NAME, first)[0]["run_id"]
        eventually(lambda: bool(system.rows(NAME, second)), "the second Region knows of the run")
        cloud.items.pause()
        system.shell.run("make", "failover", *WAITS, folder=DEPLOYMENT)
        wait_for_mail(system.shell, run_id, RUN_SECONDS)
        assert [row["status"] for row in system.rows(NAME, first)] == ["STARTED"]
        late.release()
        eventually(lambda: _own_attempt(system, first)["status"] == "SUPERSEDED", "it gives way")
        assert _own_attempt(system, first)["reason"].startswith("Chunk ")
        cloud.items.resume()
    assert cloud.settle(RUN_SECONDS)
    before = _only_run(system)
    system.shell.run("make", "failback", *WAITS, folder=DEPLOYMENT)
    assert cloud.settle(RUN_SECONDS)
    assert _only_run(system) == before
    assert (before["status"], before["region"], before["attempt"]) == ("COMPLETED", second, 2)
    assert sum(run_id in mail["body"] for mail in read_mails(system.shell)) == 1
    state = system.finish(NAME, since)
    assert [record[:8] for record in records(system.output(state))[1:]] == data


def _only_run(system: System) -> Row:
    """The run by the first Region's copy, which says the same as the second's."""
    by_first, by_second = [system.rows(NAME, region) for region in system.deployment.regions]
    assert by_first == by_second
    assert len(by_first) == 1
    return by_first[0]


def _own_attempt(system: System, region: str) -> dict[str, Any]:
    (run,) = system.rows(NAME, region)
    return next(item for item in run["attempts"] if item["region"] == region)


@contextmanager
def _readers_fail(system: System, region: str) -> Iterator[None]:
    """Every chunk fails in the Region."""

    def refuse(call: Call) -> None:
        if call.region == region and "batch-reader" in str(call.params.get("FunctionName")):
            call.refuse("ResourceNotFoundException", "Refused by a test.", 404)

    with system.cloud.calls.observe(("lambda",), before=refuse, after=lambda _: None):
        yield
