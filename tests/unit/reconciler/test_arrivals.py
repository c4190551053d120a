"""Inputs that arrived while the Region was passive are begun here, unless that has been done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common.attempts import AttemptId, Marks, copy_metadata
from common.keys import run_id as run_id_of
from common.state_table import StateTable
from reconciler import app
from tests.unit.helpers import BUCKET, raising
from tests.unit.inputs import (
    HERE,
    LONG_AGO,
    THERE,
    Reconcile,
    Version,
    arrive,
    attempts,
    count_versions,
    start_run,
    upload,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_defect_2_an_arrival_without_a_run_is_begun_here(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    run_id = arrive(state, version)
    assert reconcile()["requeued"] == 1
    item = attempts(state, run_id)[HERE, 2]
    assert (item["status"], item["version_id"]) == ("STARTED", version[1])
    assert state.arrivals(run_id) == []
    again = reconcile(grace_seconds="120")
    assert (again["requeued"], again["running"]) == (0, 1)


def test_defect_2_all_pages_of_arrivals_are_read(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.state_reader.PAGE", 3)
    for number in range(7):
        arrive(state, upload(s3, f"{number}.csv"))
    assert reconcile()["requeued"] == 7


def test_an_upload_right_before_the_failover_is_begun_however_short_the_waits_are(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    """The other Region was cut off and could not start it, and its next try will skip it."""
    arrive(state, upload(s3))
    assert reconcile(grace_seconds="120")["requeued"] == 1


@pytest.mark.parametrize("status", ["STARTED", "COMPLETED", "GIVEN_UP", "SUPERSEDED"])
def test_an_arrival_whose_run_a_pass_has_begun_elsewhere_is_forgotten(
    reconcile: Reconcile, s3: S3Client, state: StateTable, status: str
) -> None:
    version = upload(s3)
    start_run(state, version, number=2, status=status)
    run_id = arrive(state, version)
    assert reconcile("last")["requeued"] == (0 if status in ("COMPLETED", "GIVEN_UP") else 1)
    assert state.arrivals(run_id) == []


def test_an_arrival_of_the_other_region_is_left_to_it(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    run_id = arrive(state, upload(s3), THERE)
    assert reconcile()["requeued"] == 0
    assert len(state.arrivals(run_id)) == 1


def test_an_input_that_its_user_deleted_before_it_was_started_is_counted_and_left(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    arrive(state, version)
    s3.delete_object(Bucket=BUCKET, Key=version[0])
    assert reconcile()["withdrawn"] == 1


def test_an_arrival_whose_version_is_gone_is_missing(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    arrive(state, version)
    s3.delete_object(Bucket=BUCKET, Key=version[0], VersionId=version[1])
    assert reconcile("last")["missing"] == 1


def test_old_arrivals_are_left_alone(reconcile: Reconcile, s3: S3Client, state: StateTable) -> None:
    arrive(state, upload(s3), started_at=LONG_AGO)
    assert reconcile()["requeued"] == 0


# ---------------------------------------------------------------------- copies of the other Region


@pytest.fixture
def marked(s3: S3Client, state: StateTable) -> tuple[Version, str]:
    """A version that is marked as the copy for attempt 2 at another run; it arrived here."""
    origin = upload(s3)
    run_id = run_id_of(*origin)
    marks = copy_metadata(Marks(AttemptId(run_id, 2), THERE, "token"), origin[1])
    version = upload(s3, Metadata=marks)
    arrive(state, version)
    return version, run_id


@pytest.mark.parametrize("copy_version", [None, "the right one"])
def test_the_replica_of_a_copy_for_the_other_regions_attempt_is_forgotten(
    reconcile: Reconcile,
    state: StateTable,
    marked: tuple[Version, str],
    copy_version: str | None,
) -> None:
    version, run_id = marked
    known = {"copy_version_id": version[1]} if copy_version else {}
    attributes: dict[str, Any] = {"copy_token": "token", "status": "COMPLETED", **known}
    origin = (version[0], "the version that the run is of")
    item = {"run_id": run_id, "owner": f"{THERE}/{run_id}"}
    start_run(state, origin, number=2, **attributes, **item)
    assert reconcile()["requeued"] == 0
    assert state.arrivals(run_id_of(*version)) == []


def test_marks_of_an_attempt_that_is_not_visible_are_for_a_person(
    reconcile: Reconcile, state: StateTable, marked: tuple[Version, str]
) -> None:
    """The attempt's item may be slower than all waits of the runbook: seed 9 found it."""
    version, _ = marked
    run_id = run_id_of(*version)
    for kind in ("first", "last"):
        summary = reconcile(kind)
        assert (summary["unconfirmed"], summary["requeued"]) == (1, 0)
        assert summary["files"] == {"unconfirmed": ["input/a.csv"]}
    assert len(state.arrivals(run_id)) == 1
    assert reconcile({"retry": run_id})["outcome"] == "requeued"


@pytest.mark.parametrize(
    "attributes", [{"copy_token": "another"}, {"copy_token": "token", "copy_version_id": "v9"}]
)
def test_marks_that_a_visible_attempt_does_not_confirm_are_those_of_an_upload(
    reconcile: Reconcile,
    state: StateTable,
    marked: tuple[Version, str],
    attributes: dict[str, str],
) -> None:
    version, run_id = marked
    item = {"run_id": run_id, "owner": f"{THERE}/{run_id}", "status": "COMPLETED"}
    more: dict[str, Any] = {**attributes, **item}
    start_run(state, (version[0], "the version that the run is of"), number=2, **more)
    assert reconcile()["requeued"] == 1
    assert attempts(state, run_id_of(*version)).keys() == {(HERE, 2)}


# ------------------------------------------------------------------ inputs that cannot be processed


@pytest.mark.parametrize("storage_class", ["GLACIER", "DEEP_ARCHIVE"])
@pytest.mark.parametrize("is_known", [True, False])
def test_an_archived_input_needs_a_person_and_fails_no_pass(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    capsys: pytest.CaptureFixture[str],
    storage_class: str,
    is_known: bool,
) -> None:
    version = upload(s3, StorageClass=storage_class)
    run_id = (start_run if is_known else arrive)(state, version)
    before = attempts(state, run_id)
    summary = reconcile("last")
    assert (summary["unreadable"], summary["errors"]) == (1, 0)
    assert summary["files"] == {"unreadable": ["input/a.csv"]}
    assert attempts(state, run_id) == before  # nothing was taken over
    assert count_versions(s3) == 1
    assert '"FilesNotReconciled":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize(
    "head",
    [
        {"StorageClass": "GLACIER", "Restore": 'ongoing-request="true"'},
        {"StorageClass": "INTELLIGENT_TIERING", "ArchiveStatus": "ARCHIVE_ACCESS"},
    ],
)
def test_other_archives_are_known_by_their_headers(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    head: dict[str, str],
) -> None:
    start_run(state, upload(s3))
    monkeypatch.setattr(s3, "head_object", lambda **_: {"Metadata": {}, **head})
    monkeypatch.setattr(app, "S3", s3)
    assert reconcile()["unreadable"] == 1


def test_an_archived_input_that_was_restored_is_begun(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_run(state, upload(s3))
    head_object = s3.head_object
    archived = {
        "StorageClass": "GLACIER",
        "Restore": 'ongoing-request="false", expiry-date="Fri, 21 Dec 2026 00:00:00 GMT"',
    }
    monkeypatch.setattr(s3, "head_object", lambda **params: {**head_object(**params), **archived})
    monkeypatch.setattr(app, "S3", s3)
    assert reconcile()["requeued"] == 1


@pytest.mark.parametrize("status", [400, 403])
def test_an_input_that_is_encrypted_with_a_key_we_lack_needs_a_person(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    """HeadObject answers 400 for a customer's own key, and 403 where KMS does not let us."""
    start_run(state, upload(s3))
    monkeypatch.setattr(s3, "head_object", raising(str(status), status))
    monkeypatch.setattr(app, "S3", s3)
    assert reconcile("last")["unreadable"] == 1


@pytest.mark.parametrize(("status", "outcome"), [(403, "unreadable"), (404, "missing")])
def test_a_copy_that_s3_refuses_leaves_no_attempt(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    outcome: str,
) -> None:
    run_id = start_run(state, upload(s3))
    monkeypatch.setattr(s3, "copy_object", raising("AccessDenied", status))
    monkeypatch.setattr(app, "S3_WITHOUT_RETRIES", s3)
    assert reconcile("last")[outcome] == 1
    assert attempts(state, run_id).keys() == {(THERE, 1)}


def test_a_copy_that_may_have_been_made_leaves_its_attempt(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its event would find marks that nobody confirms, and begin another run."""
    run_id = start_run(state, upload(s3))
    with monkeypatch.context() as patch:
        patch.setattr(s3, "copy_object", raising("InternalError", 500))
        patch.setattr(app, "S3_WITHOUT_RETRIES", s3)
        assert reconcile()["errors"] == 1
    item = attempts(state, run_id)[HERE, 2]
    assert "begun_at" not in item
    assert reconcile(grace_seconds="120")["requeued"] == 1
    assert attempts(state, run_id)[HERE, 3]["status"] == "STARTED"
