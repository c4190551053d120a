"""The reconciler: every unfinished file is handed over once, and what cannot be is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest
from boto3.s3.transfer import TransferConfig
from moto import mock_aws

from batch import keys
from batch.attempts import attempt_of, marks
from batch.state import Owner, StateTable, now
from reconciler import app, bucket
from reconciler.app import NotActive, NotReconciled
from reconciler.report import NAMES, Report
from tests.unit.support import BUCKET, STATE, failing, given

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

HERE, THERE = "us-west-2", "us-east-1"
LONG_AGO = "2026-01-01T00:00:00.000Z"
Pass = Callable[..., Any]


class ExecutionDoesNotExist(Exception):
    """As botocore makes it."""


@pytest.fixture(autouse=True)
def both() -> Iterator[None]:
    """S3 and DynamoDB in one pretended account."""
    with mock_aws():
        yield


@pytest.fixture
def state(both: None, dynamodb: DynamoDBClient) -> StateTable:  # noqa: ARG001
    return StateTable(dynamodb, STATE)


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Name → status, of this Region's executions."""
    known: dict[str, str] = {}

    def describe(executionArn: str) -> Any:  # noqa: N803
        name = executionArn.rsplit(":", 1)[-1]
        if name not in known:
            raise ExecutionDoesNotExist
        return {"status": known[name]}

    client = MagicMock(describe_execution=describe)
    client.exceptions.ExecutionDoesNotExist = ExecutionDoesNotExist
    monkeypatch.setattr(app, "STEP_FUNCTIONS", client)
    return known


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """What operators are told."""
    client = MagicMock()
    monkeypatch.setattr(app, "SNS", client)
    publish: MagicMock = client.publish
    return publish


@pytest.fixture
def reconcile(
    s3: S3Client,  # noqa: ARG001 - there is always a bucket
    state: StateTable,  # noqa: ARG001 - and a table
    executions: dict[str, str],  # noqa: ARG001
    told: MagicMock,  # noqa: ARG001
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Pass:
    """The handler, in the newly active Region."""

    def run(kind: str = "first", active: str = HERE, **more: str) -> Any:
        answer = [MagicMock(strings=[active.encode()])]
        monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: answer)
        given(
            monkeypatch,
            app.settings,
            STATE_TABLE=STATE,
            BUCKET=BUCKET,
            ORCHESTRATOR_ARN="arn:aws:states:us-west-2:1:stateMachine:Main",
            OPERATORS_TOPIC_ARN="arn:topic",
            ACTIVE_RECORD="active.batch.internal",
            AWS_REGION=HERE,
            GRACE_SECONDS=more.get("grace", "0"),
            **{name.upper(): value for name, value in more.items() if name != "grace"},
        )
        return app.handler({"pass": kind}, context)

    return run


def upload(s3: S3Client, name: str = "a.csv", body: bytes = b"x", **more: Any) -> tuple[str, str]:
    """Key and version id of an input."""
    key = f"input/{name}"
    done = s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)
    return key, done["VersionId"]


def begin(state: StateTable, at: tuple[str, str], **more: Any) -> str:
    """A row of the other Region for an input; returns its run id."""
    key, version_id = at
    run_id = keys.run_id(key, version_id)
    row = {
        "run_id": run_id,
        "key": key,
        "version_id": version_id,
        "size": 1,
        "status": "STARTED",
        "region": THERE,
        "attempt": 1,
        "started_at": now(),
        "updated_at": now(),
    }
    state.create(row | more)
    return run_id


def read(state: StateTable, run_id: str) -> dict[str, Any]:
    return state.get(run_id) or {}


def versions(s3: S3Client) -> int:
    return len(s3.list_object_versions(Bucket=BUCKET).get("Versions", []))


def newest(s3: S3Client, key: str) -> Any:
    return s3.head_object(Bucket=BUCKET, Key=key)


def test_an_unfinished_file_of_the_other_region_is_requeued_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    run_id = begin(state, at)
    assert reconcile()["requeued"] == 1
    row = read(state, run_id)
    assert (row["region"], row["attempt"], row["status"]) == (HERE, 2, "STARTED")
    copy = newest(s3, at[0])
    assert copy["VersionId"] != at[1]
    attempt = attempt_of(at[0], copy["VersionId"], copy["Metadata"])
    assert (attempt.run_id, attempt.number) == (run_id, 2)


def test_defect_3_a_copy_keeps_what_the_object_had_and_adds_marks(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3, Metadata={"owner": "me"}, ContentType="text/csv", Tagging="team=x")
    run_id = begin(state, at)
    reconcile()
    copy = newest(s3, at[0])
    assert copy["Metadata"] == {"owner": "me", **marks(run_id, at[1], 2)}
    assert copy["ContentType"] == "text/csv"
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=at[0])["TagSet"]
    assert tags == [{"Key": "team", "Value": "x"}]


def test_defect_3_a_copy_replaces_the_metadata_since_s3_refuses_one_that_changes_nothing(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(state, upload(s3))
    asked = []
    monkeypatch.setattr(app, "S3", s3)
    s3.meta.events.register(
        "before-parameter-build.s3.CopyObject", lambda params, **_: asked.append(params)
    )
    reconcile()
    assert [one["MetadataDirective"] for one in asked] == ["REPLACE"]


def test_an_object_above_the_limit_of_a_copy_is_copied_in_parts(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024**2)
    monkeypatch.setattr(bucket, "COPY", small)
    body = b"x" * (6 * 1024**2)
    at = upload(s3, body=body, Metadata={"owner": "me"})
    run_id = begin(state, at)
    assert reconcile()["requeued"] == 1
    copy = newest(s3, at[0])
    assert copy["ETag"].endswith('-2"')
    assert copy["ContentLength"] == len(body)
    assert copy["Metadata"] == {"owner": "me", **marks(run_id, at[1], 2)}
    assert bucket.COPY is small


def test_the_limit_of_a_copy_in_one_call_is_that_of_s3() -> None:
    assert bucket.COPY.multipart_threshold == 5 * 1024**3


def test_twice_is_once(reconcile: Pass, s3: S3Client, state: StateTable) -> None:
    begin(state, upload(s3))
    assert reconcile()["requeued"] == 1
    again = reconcile(grace="120")
    assert (again["requeued"], again["running"]) == (0, 1)
    assert versions(s3) == 2


def test_what_runs_here_is_left_alone(
    reconcile: Pass, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    run_id = begin(state, upload(s3), region=HERE, attempt=2)
    executions[f"{run_id}-2"] = "RUNNING"
    assert reconcile()["running"] == 1
    assert versions(s3) == 1


@pytest.mark.parametrize("ended", ["SUCCEEDED", "TIMED_OUT", "ABORTED", None])
def test_what_should_run_here_and_does_not_is_begun_again(
    reconcile: Pass, s3: S3Client, state: StateTable, executions: dict[str, str], ended: str | None
) -> None:
    run_id = begin(state, upload(s3), region=HERE)
    if ended:
        executions[run_id] = ended
    assert reconcile()["requeued"] == 1
    assert read(state, run_id)["attempt"] == 2


def test_a_finished_run_is_not_looked_at(reconcile: Pass, s3: S3Client, state: StateTable) -> None:
    begin(state, upload(s3), status="COMPLETED")
    summary = reconcile()
    assert summary["requeued"] == 0
    assert versions(s3) == 1


def test_a_run_that_finishes_meanwhile_is_not_requeued(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(state, upload(s3))
    take_over = StateTable.take_over

    def finish_first(table: StateTable, *given: Any) -> bool:
        state.claim_mail(run_id, "t", Owner(THERE, 1))
        state.complete(run_id, "t", {"mail_message_id": "m"})
        return take_over(table, *given)

    monkeypatch.setattr(StateTable, "take_over", finish_first)
    assert reconcile()["finished"] == 1
    assert versions(s3) == 1


def test_defect_1_an_input_that_was_deleted_meanwhile_is_still_found(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    begin(state, at)
    s3.delete_object(Bucket=BUCKET, Key=at[0])
    assert reconcile()["requeued"] == 1


def test_defect_2_an_input_that_no_row_accounts_for_is_begun_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    assert reconcile()["requeued"] == 1
    row = read(state, keys.run_id(*at))
    assert (row["status"], row["region"], row["attempt"]) == ("STARTED", HERE, 2)
    assert row["version_id"] == at[1]
    again = reconcile(grace="120")
    assert (again["requeued"], again["running"]) == (0, 1)


def test_defect_2_all_pages_of_the_bucket_are_read(
    reconcile: Pass, s3: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        upload(s3, f"{number}.csv")
    monkeypatch.setattr(app, "S3", s3)
    page = lambda params, **_: params.update(MaxKeys=3)  # noqa: E731
    s3.meta.events.register("provide-client-params.s3.ListObjectVersions", page)
    assert reconcile()["requeued"] == 7


def test_an_upload_right_before_the_flip_is_begun_however_short_the_waits(
    reconcile: Pass, s3: S3Client
) -> None:
    """The other Region was cut off and could not begin it, and its next try will skip it."""
    upload(s3)
    assert reconcile(grace="120")["requeued"] == 1


def test_an_input_that_its_user_deleted_before_it_was_begun_is_counted_and_left(
    reconcile: Pass, s3: S3Client
) -> None:
    at = upload(s3)
    s3.delete_object(Bucket=BUCKET, Key=at[0])
    assert reconcile()["withdrawn"] == 1


def test_old_inputs_without_a_row_are_left(reconcile: Pass, s3: S3Client) -> None:
    upload(s3)
    assert reconcile(sweep_hours="0")["requeued"] == 0


def test_folders_and_outputs_are_no_inputs(reconcile: Pass, s3: S3Client) -> None:
    upload(s3, "folder/", b"")
    s3.put_object(Bucket=BUCKET, Key="output/r/a.csv", Body=b"x")
    assert reconcile()["requeued"] == 0


def test_defect_4_all_pages_of_the_rows_are_read(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batch.state.PAGE", 2)
    for number in range(5):
        begin(state, upload(s3, f"{number}.csv"))
    assert reconcile()["requeued"] == 5


def test_defect_4_a_run_that_failed_in_the_other_region_is_tried_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    run_id = begin(state, upload(s3), status="FAILED", error="ConnectTimeoutError")
    assert reconcile()["requeued"] == 1
    assert read(state, run_id)["status"] == "STARTED"
    assert "error" not in read(state, run_id)


@pytest.mark.parametrize(
    "more",
    [{"error": "InputRefused"}, {"error": "RowsDoNotAddUp", "region": HERE}],
)
def test_a_failure_that_another_try_would_not_mend_is_counted(
    reconcile: Pass, s3: S3Client, state: StateTable, more: dict[str, str]
) -> None:
    begin(state, upload(s3), status="FAILED", **more)
    assert reconcile()["failed"] == 1
    assert versions(s3) == 1


def test_a_failed_run_that_an_operator_reopens_is_begun_again_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    """docs/operations.md: its row is set to STARTED; the notice was mailed, the result will be."""
    told = {"mail_claimed_at": now(), "mail_message_id": "m1", "error": "E", "reason": "because"}
    run_id = begin(state, upload(s3), region=HERE, **told)
    assert reconcile()["requeued"] == 1
    row = read(state, run_id)
    assert (row["status"], row["attempt"]) == ("STARTED", 2)
    assert not told.keys() & row.keys()


def test_a_failure_of_long_ago_is_not_looked_at(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3), status="FAILED", error="E", started_at=LONG_AGO)
    assert reconcile()["requeued"] == 0


def test_a_run_whose_mail_may_have_gone_is_told_and_left(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3), mail_claimed_at="t")
    summary = reconcile("last")
    assert summary["uncertain"] == 1
    assert summary["files"] == {"uncertain": ["input/a.csv"]}
    assert versions(s3) == 1


def test_d4_a_file_that_the_bucket_lacks_is_told_and_left_to_the_next_pass(
    reconcile: Pass, state: StateTable, told: MagicMock
) -> None:
    run_id = begin(state, ("input/late.csv", "v1"))
    summary = reconcile()
    assert (summary["missing"], summary["files"]) == (1, {"missing": ["input/late.csv"]})
    assert "input/late.csv" in told.call_args.kwargs["Message"]
    assert read(state, run_id)["region"] == THERE
    assert reconcile("last")["missing"] == 1


def test_d4_a_version_is_not_taken_for_another_of_its_key(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    key, _ = upload(s3)
    upload(s3, "a.csv.gz")
    begin(state, (key, "another"))
    assert reconcile()["missing"] == 1


def test_one_file_that_fails_keeps_no_other_from_being_handed_over(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        begin(state, upload(s3, name))
    copy = bucket.Bucket.copy_onto_itself

    def refuse_a(one: bucket.Bucket, key: str, *given: Any) -> None:
        if key.endswith("a.csv"):
            failing("SlowDown", 503)()
        copy(one, key, *given)

    with monkeypatch.context() as patch:
        patch.setattr(bucket.Bucket, "copy_onto_itself", refuse_a)
        summary = reconcile()
        assert (summary["requeued"], summary["errors"]) == (1, 1)
        assert summary["files"] == {"errors": ["input/a.csv"]}
    assert reconcile()["requeued"] >= 1  # its row is this Region's, and nothing runs


def test_the_last_pass_fails_if_it_leaves_files_behind(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(state, upload(s3), started_at=LONG_AGO)
    broken = MagicMock(side_effect=failing("SlowDown", 503))
    with monkeypatch.context() as patch:
        patch.setattr(bucket.Bucket, "copy_onto_itself", broken)
        with pytest.raises(NotReconciled):
            reconcile("last", grace="120")
    assert reconcile("last", grace="120")["requeued"] == 1  # the runbook tries again at once


def test_a_pass_stops_when_its_time_is_up_and_says_so(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3))
    assert reconcile(budget_seconds="-1")["complete"] is False
    with pytest.raises(NotReconciled):
        reconcile("last", budget_seconds="-1")


def test_defect_8_nothing_is_handed_to_a_region_that_is_not_active(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3))
    with pytest.raises(NotActive, match="the active Region is us-east-1, not us-west-2"):
        reconcile(active=THERE)
    assert versions(s3) == 1


def test_looking_changes_nothing(reconcile: Pass, s3: S3Client, state: StateTable) -> None:
    begin(state, upload(s3))
    assert reconcile("look", active=THERE)["active"] == THERE
    assert versions(s3) == 1


def test_failover_and_failback_requeue_a_copy_of_the_copy_as_the_same_run(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    run_id = begin(state, at)
    reconcile()
    row = read(state, run_id)
    assert state.take_over(row, THERE)  # failed back there, then over again
    assert reconcile()["requeued"] == 1
    copy = newest(s3, at[0])
    assert copy["Metadata"] == marks(run_id, at[1], 4)
    assert read(state, run_id)["attempt"] == 4


def test_files_reconciled_are_counted_and_those_left_behind_too(
    reconcile: Pass, s3: S3Client, state: StateTable, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(state, upload(s3))
    begin(state, ("input/late.csv", "v1"))
    reconcile("last")
    printed = capsys.readouterr().out
    assert '"FilesReconciled":[1.0]' in printed
    assert '"FilesNotReconciled":[1.0]' in printed


def test_a_report_of_very_many_files_stays_small() -> None:
    report = Report(HERE, HERE, "last")
    for number in range(10_000):
        report.add("missing", f"input/{number:01000d}")
    summary = report.summary()
    assert summary["missing"] == 10_000
    assert len(summary["files"]["missing"]) == NAMES
    assert len(json.dumps(summary)) < 100_000
