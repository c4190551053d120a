"""What operators may decide about one run: to try it again, or to give it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common.attempts import AttemptId
from common.state_table import StateTable
from reconciler.app import NotActive
from reconciler.operator_commands import UnknownRun
from tests.unit.inputs import (
    HERE,
    THERE,
    Reconcile,
    arrive,
    attempts,
    count_versions,
    start_run,
    upload,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FAILED_HERE: dict[str, Any] = {"region": HERE, "status": "FAILED", "error": "E"}


@pytest.mark.parametrize(
    "attributes",
    [
        FAILED_HERE,
        {"status": "FAILED", "error": "InputRefused", "mail_claim": "c", "mail_message_id": "m"},
        {"status": "FAILED", "error": "MailUnconfirmed", "mail_claim": "c"},
        {"region": HERE, "mail_claim": "c"},
        {"status": "SUPERSEDED"},
    ],
)
def test_a_run_that_is_not_closed_is_tried_again(
    reconcile: Reconcile, s3: S3Client, state: StateTable, attributes: dict[str, Any]
) -> None:
    run_id = start_run(state, upload(s3), **attributes)
    assert reconcile({"retry": run_id}) == {
        "run_id": run_id,
        "outcome": "requeued",
        "attempt": 2,
        "status": "STARTED",
    }
    claims = [[1, attributes.get("region", THERE)]]
    is_uncertain = "mail_claim" in attributes and "mail_message_id" not in attributes
    assert attempts(state, run_id)[HERE, 2]["settled"] == (claims if is_uncertain else [])
    assert count_versions(s3) == 2


def test_a_retry_that_is_repeated_begins_no_second_attempt(
    reconcile: Reconcile, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    run_id = start_run(state, upload(s3), **FAILED_HERE)
    reconcile({"retry": run_id})
    assert reconcile({"retry": run_id}, grace_seconds="120")["outcome"] == "running"
    executions[f"{run_id}-2"] = "RUNNING"
    assert reconcile({"retry": run_id})["outcome"] == "running"
    assert count_versions(s3) == 2


def test_a_mail_of_an_attempt_that_is_running_is_waited_for(
    reconcile: Reconcile, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    run_id = start_run(state, upload(s3), HERE, mail_claim="c")
    executions[run_id] = "RUNNING"
    result = reconcile({"retry": run_id})
    assert (result["outcome"], result["status"]) == ("running", "UNCERTAIN")


@pytest.mark.parametrize("status", ["COMPLETED", "GIVEN_UP"])
def test_a_closed_run_is_not_tried_again(
    reconcile: Reconcile, s3: S3Client, state: StateTable, status: str
) -> None:
    run_id = start_run(state, upload(s3), status=status)
    result = reconcile({"retry": run_id})
    assert (result["outcome"], result["status"]) == ("finished", status)
    assert count_versions(s3) == 1


def test_a_retry_of_an_input_that_is_gone_says_so(
    reconcile: Reconcile,
    s3: S3Client,  # noqa: ARG001 - creates the bucket
    state: StateTable,
) -> None:
    run_id = start_run(state, ("input/gone.csv", "v1"), **FAILED_HERE)
    result = reconcile({"retry": run_id})
    assert (result["outcome"], result["status"]) == ("missing", "FAILED")


def test_a_run_that_is_given_up_is_closed_for_every_pass_and_attempt(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    run_id = start_run(state, upload(s3))
    for _ in range(2):
        result = reconcile({"give_up": run_id})
        assert (result["outcome"], result["attempt"], result["status"]) == (
            "given_up",
            2,
            "GIVEN_UP",
        )
    assert reconcile("last")["finished"] == 1
    assert count_versions(s3) == 1
    assert attempts(state, run_id).keys() == {(THERE, 1), (HERE, 2)}


def test_a_completed_run_is_not_given_up(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    run_id = start_run(state, upload(s3), status="COMPLETED")
    result = reconcile({"give_up": run_id})
    assert (result["outcome"], result["status"]) == ("finished", "COMPLETED")


@pytest.mark.parametrize(("command", "status"), [("retry", "STARTED"), ("give_up", "GIVEN_UP")])
def test_an_arrival_that_nobody_has_begun_can_be_decided_too(
    reconcile: Reconcile, s3: S3Client, state: StateTable, command: str, status: str
) -> None:
    run_id = arrive(state, upload(s3))
    assert reconcile({command: run_id})["status"] == status
    assert state.own_existing(AttemptId(run_id, 2))["status"] == status


@pytest.mark.parametrize("command", ["retry", "give_up"])
def test_commands_are_for_known_runs_in_the_active_region(
    reconcile: Reconcile, s3: S3Client, state: StateTable, command: str
) -> None:
    with pytest.raises(UnknownRun, match="no attempt at typo is visible in us-west-2"):
        reconcile({command: "typo"})
    run_id = start_run(state, upload(s3))
    with pytest.raises(NotActive):
        reconcile({command: run_id}, active=THERE)
    assert count_versions(s3) == 1
