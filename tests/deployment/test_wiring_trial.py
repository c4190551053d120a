"""deployment/deployer/wiring_trial.py: what S3 does with a probe, in both Regions."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock

import pytest

from deployment.deployer import wiring_trial
from deployment.deployer.aws import STANDARD
from deployment.deployer.errors import DeployError
from deployment.deployer.wiring_trial import try_wiring
from tests.deployment.fakes import FakeAws, FakeClient, error, plan

PLAN = plan()
PRIMARY, SECONDARY = PLAN.settings.regions
MRAP_ARN = "arn:aws:s3::1:accesspoint/alias.mrap"
REFUSED = "An error occurred (AccessDenied) when calling the PutObject operation"


class Buckets(FakeAws):
    """The first sets of probes in a Region come too early; what S3 does may also be broken."""

    def __init__(
        self,
        early: int = 0,
        silent_region: str = "",
        status: str = "COMPLETED",
        failing_prefix: str = "output/",
    ) -> None:
        outputs = [{"OutputKey": "MrapArn", "OutputValue": MRAP_ARN}]
        super().__init__(
            sts={"get_caller_identity": lambda: {"Account": "1"}},
            cloudformation={"describe_stacks": lambda **_: {"Stacks": [{"Outputs": outputs}]}},
        )
        self.early, self.silent_region = early, silent_region
        self.looks: Counter[str] = Counter()
        # Of the probes in their order: for how many looks the output is PENDING.
        self.pending_looks: dict[int, int] = {}
        self.status, self.failing_prefix = status, failing_prefix
        self.objects: dict[str, list[str]] = {PRIMARY: [], SECONDARY: []}
        self.log: dict[str, list[str]] = {PRIMARY: [], SECONDARY: []}
        self.written: dict[str, list[set[str]]] = {PRIMARY: [], SECONDARY: []}

    def client(
        self, service: str, region: str, config: Any = STANDARD, endpoint: str | None = None
    ) -> Any:
        if service != "s3" and service != "logs":
            return super().client(service, region, config, endpoint)
        operations: dict[str, Any] = {
            "put_object": lambda **params: self._put(region, **params),
            "head_object": lambda **params: self._head(region, **params),
            "list_object_versions": lambda **params: self._list(region, **params),
            "delete_objects": lambda **params: self._delete(region, **params),
            "filter_log_events": lambda **params: self._filter(region, **params),
        }
        return FakeClient(operations, self.calls)

    def _put(self, region: str, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803 - the API's
        assert Bucket == f"batch-1-{region}-x"
        assert Body == b"" or not Key.endswith("/"), "the trigger would start a run"
        probe = Key.split("/")[2]
        if not any(probe in probes for probes in self.written[region]):
            self.written[region].append({probe})
        self.objects[region].append(Key)
        if Key.endswith("/") and len(self.written[region]) > self.early:
            for other in (PRIMARY, SECONDARY):
                self.objects[other] += [Key] if other != region else []
                self.log[other] += [Key] if other != self.silent_region else []

    def _head(self, region: str, Bucket: str, Key: str) -> dict[str, str]:  # noqa: ARG002, N803
        is_early = Key.split("/")[2] in {
            probe for probes in self.written[region][: self.early] for probe in probes
        }
        if is_early:
            return {}
        number = [Key.split("/")[2] in probes for probes in self.written[region]].index(True)
        self.looks[Key] += 1
        if Key.startswith("output/") and self.looks[Key] <= self.pending_looks.get(number, 0):
            return {"ReplicationStatus": "PENDING"}
        return {"ReplicationStatus": self.status if self.failing_prefix in Key else "COMPLETED"}

    def _list(self, region: str, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: ARG002, N803
        keys = [key for key in self.objects[region] if key.startswith(Prefix)]
        yield {"Versions": [{"Key": key, "VersionId": "v"} for key in keys]}

    def _delete(self, region: str, Bucket: str, Delete: Any) -> dict[str, Any]:  # noqa: ARG002, N803
        deleted = {version["Key"] for version in Delete["Objects"]}
        self.objects[region] = [key for key in self.objects[region] if key not in deleted]
        return {}

    def _filter(self, region: str, logGroupName: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803
        assert logGroupName == "/aws/lambda/batch-trigger-x"
        entries = [{"message": f'{{"key": "{key}"}}'} for key in self.log[region]]
        return [{"events": entries[:1]}, {"events": entries[1:]}]


@pytest.fixture(autouse=True)
def cli(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Without pauses; returns what is called instead of the AWS CLI."""
    monkeypatch.setattr(wiring_trial, "FIRST_PAUSE", 0.0)
    run = MagicMock(return_value=MagicMock(returncode=0))
    monkeypatch.setattr(subprocess, "run", run)
    return run


def test_an_object_goes_through_the_access_point_where_no_trigger_and_no_replica_sees_it(
    cli: MagicMock,
) -> None:
    try_wiring(Buckets(), PLAN)
    arguments = cli.call_args.args[0]
    assert arguments[arguments.index("--bucket") + 1] == MRAP_ARN
    assert arguments[arguments.index("--key") + 1].startswith("work/deployment-check/")


def test_an_access_point_that_refuses_uploads_is_a_failure(cli: MagicMock) -> None:
    cli.return_value = MagicMock(returncode=254, stderr=REFUSED)
    with pytest.raises(DeployError, match=f"access point takes no upload: {re.escape(REFUSED)}"):
        try_wiring(Buckets(), PLAN)


def test_probes_that_arrive_everywhere_pass_and_are_deleted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws = Buckets()
    try_wiring(aws, PLAN)
    assert aws.objects == {PRIMARY: [], SECONDARY: []}
    output = capsys.readouterr().out
    for source, target in ((PRIMARY, SECONDARY), (SECONDARY, PRIMARY)):
        assert f"S3 replicates from {source} to {target}" in output


def test_probes_are_written_until_the_configuration_has_taken_effect() -> None:
    """An object that came before it never has an event, and no status."""
    aws = Buckets(early=3)
    try_wiring(aws, PLAN)
    assert [len(aws.written[region]) for region in (PRIMARY, SECONDARY)] == [4, 4]


def test_the_replicas_of_later_probes_are_waited_for_before_all_are_deleted() -> None:
    aws = Buckets()
    aws.pending_looks = {0: 1, 1: 4}
    try_wiring(aws, PLAN)
    for probes in aws.written.values():
        (later,) = probes[1]
        assert aws.looks[f"output/deployment-check/{later}"] == 5


@pytest.mark.parametrize(
    ("aws", "sentence"),
    [
        (Buckets(silent_region=SECONDARY), f"S3 notifies the trigger in {SECONDARY}"),
        (Buckets(status="FAILED"), f"output/ replicates to {SECONDARY} (its status is FAILED)"),
        (
            Buckets(status="FAILED", failing_prefix="input/"),
            f"input/ replicates to {SECONDARY} (its status is FAILED)",
        ),
    ],
)
def test_what_does_not_arrive_is_named_and_the_probes_are_deleted(
    aws: Buckets, sentence: str
) -> None:
    with pytest.raises(DeployError) as caught:
        try_wiring(aws, PLAN, limit=-1)
    assert sentence in str(caught.value)
    assert aws.objects == {PRIMARY: [], SECONDARY: []}


def test_what_failed_is_named_also_if_the_probes_of_a_region_cannot_be_deleted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws, delete = Buckets(status="FAILED"), Buckets._delete

    def refuse_in_primary(self: Buckets, region: str, **params: Any) -> Any:
        if region == PRIMARY:
            raise error("SlowDown", "Please reduce your request rate")
        return delete(self, region, **params)

    monkeypatch.setattr(Buckets, "_delete", refuse_in_primary)
    with pytest.raises(DeployError, match=f"output/ replicates to {SECONDARY}"):
        try_wiring(aws, PLAN, limit=-1)
    assert "deployment-check/ was not deleted: An error occurred (SlowDown)" in (
        capsys.readouterr().out
    )
    assert aws.objects[PRIMARY]
    assert not aws.objects[SECONDARY]
