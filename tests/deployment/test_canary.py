"""deployment/deployer/canary.py: a file goes through as a user's does, and leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from common import keys
from common.state_reader import StateReader
from deployment.deployer import canary, run_watch
from deployment.deployer.canary import send_canary
from deployment.deployer.errors import DeployError
from tests.deployment.fakes import FakeAws, error, plan
from tests.deployment.programs import FakePrograms

PLAN = plan()
PRIMARY, SECONDARY = PLAN.settings.regions
OUTPUT = "output/run-1/canary.csv"


class FakeRun:
    """The statuses of the run, one at each look; what is in the buckets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.lacking, self.lists = "", 0
        self.deleted: list[str] = []
        self.run_ids: set[str] = set()
        monkeypatch.setattr(run_watch, "POLL_SECONDS", 0.0)
        monkeypatch.setattr(StateReader, "attempts", self._attempts)
        monkeypatch.setattr(canary, "clean_up", lambda *args: self.deleted.append(args[3]))
        pairs = [{"OutputKey": "MrapArn", "OutputValue": "arn:aws:s3::1:accesspoint/m.mrap"}]
        self.aws = FakeAws(
            s3={"head_object": self._head, "list_object_versions": self._list},
            cloudformation={"describe_stacks": lambda **_: {"Stacks": [{"Outputs": pairs}]}},
        )

    def _attempts(self, run_id: str) -> list[dict[str, Any]]:
        self.run_ids.add(run_id)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            return []
        item = {"run_id": run_id, "attempt": 1, "region": SECONDARY, "status": status}
        return [{**item, "output_key": OUTPUT}]

    def _head(self, Bucket: str, Key: str) -> dict[str, str]:  # noqa: ARG002, N803 - of the API
        if Key == self.lacking:
            raise error("404", "Not Found")
        return {"VersionId": "v1"}

    def _list(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - of the API
        """The secondary's bucket has it, once it is uploaded."""
        self.lists += 1
        if PRIMARY in Bucket or self.lists < 3:
            return [{}]
        return [{"Versions": [{"Key": Prefix, "VersionId": "v1", "LastModified": 1}]}]


@pytest.fixture(autouse=True)
def _aws_cli(programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    programs.add("aws", 'cat "$4" | head -3')
    monkeypatch.setenv("PATH", f"{programs.folder}:/usr/bin:/bin")


def test_a_canary_that_comes_back_in_both_regions_passes_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, programs: FakePrograms, capsys: pytest.CaptureFixture[str]
) -> None:
    run = FakeRun(monkeypatch, "", "STARTED", "COMPLETED")
    send_canary(run.aws, PLAN)
    (call,) = programs.calls()
    key = call.rpartition("s3://arn:aws:s3::1:accesspoint/m.mrap/")[2]
    assert run.run_ids == {keys.run_id(key, "v1")}
    assert run.deleted == [key, "output/run-1/", key, "output/run-1/"]
    assert f"COMPLETED by {SECONDARY}" in capsys.readouterr().out


def test_a_canary_that_fails_is_a_failure_and_its_input_is_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = FakeRun(monkeypatch, "STARTED", "FAILED")
    with pytest.raises(DeployError, match="of the canary is not COMPLETED: FAILED in"):
        send_canary(run.aws, PLAN)
    assert len(run.deleted) == 2


def test_an_upload_that_is_refused_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, programs: FakePrograms
) -> None:
    programs.add("aws", "echo AccessDenied >&2; exit 1")
    with pytest.raises(DeployError, match=r"canary\.csv was not uploaded: AccessDenied"):
        send_canary(FakeRun(monkeypatch, "").aws, PLAN)
