"""The checker passes a correct final state, and finds what is wrong with every other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.resilience.checker import FinalState, Upload, violations
from tools.harness.expected import ADDED_COLUMNS, INPUT_COLUMNS, Expected

EAST, WEST = "us-east-1", "us-west-2"
KEY, VERSION, RUN = "input/s1-a.csv", "v1", "s1-a-0123"
OUT = [["123456789", "Tuvalu", "Meat", "Online", "H", "1/1/2020", "Asia", "1/2/2020",
        "1", "2.00", "3.00", "4.00", "5.00", "6.00"]]  # fmt: skip
LINK = f"https://alias.mrap.example/output/{RUN}/s1-a.csv?X-Amz-Signature=abc"


def csv(rows: list[list[str]]) -> bytes:
    return "".join(
        ",".join(row) + "\r\n" for row in [INPUT_COLUMNS + ADDED_COLUMNS, *rows]
    ).encode()


def mail(region: str = WEST, message_id: str = "m1", **changes: str) -> dict[str, Any]:
    body = f"s1-a.csv has been processed.\n\nThe result:\n{LINK}\n\nRun: {RUN}\n"
    subject = "Processed: s1-a.csv"
    return {"region": region, "message_id": message_id, "subject": subject, "body": body} | changes


ROW: dict[str, Any] = {
    "run_id": RUN, "key": KEY, "version_id": VERSION, "status": "COMPLETED", "region": WEST,
    "attempt": 2, "completed_region": WEST, "mail_message_id": "m1", "mail_claimed_at": "now",
    "output_key": f"output/{RUN}/s1-a.csv", "rows_in": 1, "rows_out": 1, "rows_rejected": 0,
    "completed_at": "2026-01-01T00:02:00.000Z",
}  # fmt: skip


def run(**changes: Any) -> dict[str, Any]:
    """A run with one attempt."""
    attempt = ROW | changes
    return attempt | {"attempts": [attempt]}


GOOD = FinalState(
    uploads=(Upload(1, KEY, VERSION, Expected(rows=OUT)),),
    rows={EAST: [run()], WEST: [run()]},
    mails=[mail()],
    served={(LINK, EAST): csv(OUT), (LINK, WEST): csv(OUT)},
)
NOTICE = mail(subject="Failed: s1-a.csv", message_id="m0", body=f"s1-a.csv failed\n\nRun: {RUN}\n")


def both(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    return {EAST: [run(**changes)], WEST: [run(**changes)]}


def begun_again(region: str) -> dict[str, list[dict[str, Any]]]:
    """The third attempt at a run whose second has completed in WEST, by the Region's own copy."""
    later = {"attempt": 3, "region": region, "begun_at": "2026-01-01T00:03:00.000Z"}
    attempts = [ROW, {**later, "run_id": RUN, "status": "SUPERSEDED"}]
    return {name: [ROW | {"attempts": attempts}] for name in (EAST, WEST)}


@pytest.mark.parametrize("subject", ["Processed: s1-a.csv", "All rows rejected: s1-a.csv"])
def test_a_correct_final_state_passes(subject: str) -> None:
    assert violations(replace(GOOD, mails=[mail(subject=subject)])) == []


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (replace(GOOD, rows={EAST: [], WEST: []}), "0 rows"),
        (replace(GOOD, rows={EAST: [run()], WEST: []}), "0 rows in us-west-2"),
        (replace(GOOD, rows={EAST: [run(), run(run_id="x")], WEST: [run()]}), "2 rows"),
        (replace(GOOD, rows={EAST: [run()], WEST: [run(attempt=3)]}), "differs"),
        (replace(GOOD, rows=both(status="STARTED")), "its row is STARTED"),
        (replace(GOOD, rows=both(status="FAILED", error="E", reason="why")), "E why"),
        (replace(GOOD, rows=both(status="SUPERSEDED")), "its row is SUPERSEDED"),
        (replace(GOOD, rows=both(rows_out=2)), "counts (1, 2, 0)"),
        (replace(GOOD, rows=both(completed_region=EAST)), "completed by us-east-1"),
        (replace(GOOD, rows=both(mail_message_id="m2")), "names another mail"),
        (replace(GOOD, rows=both(output_key="output/other")), "names the output output/other"),
        (replace(GOOD, mails=[]), "0 mails"),
        (replace(GOOD, mails=[mail(), mail()]), "2 mails"),
        (replace(GOOD, mails=[mail(EAST, "m0"), mail()]), "2 mails"),
        (replace(GOOD, mails=[mail(), mail(body="Run: other\n")]), "mail that belongs to no"),
        (replace(GOOD, mails=[NOTICE, mail()]), "1 notices of a failure, and 0 failures"),
        (replace(GOOD, mails=[mail(body=f"Run: {RUN}\n")]), "leads nowhere"),
        (replace(GOOD, served={(LINK, WEST): csv(OUT)}), "leads nowhere in us-east-1"),
        (replace(GOOD, served=GOOD.served | {(LINK, EAST): csv([])}), "served from us-east-1"),
        (replace(GOOD, served=GOOD.served | {(LINK, EAST): csv(OUT * 2)}), "2 rows came out"),
        (replace(GOOD, uploads=()), "row that belongs to no upload"),
        (replace(GOOD, running=("arn",)), "arn still runs"),
        (replace(GOOD, wrong_writes=("a foreign write",)), "a foreign write"),
        (replace(GOOD, rows=begun_again(WEST)), "attempt 3 was begun in us-west-2"),
        (replace(GOOD, rows=both(status="GIVEN_UP")), "its row is GIVEN_UP"),
        (
            replace(GOOD, rows={EAST: [run(), run(version_id="v2")], WEST: [run()]}),
            "row that belongs to no upload",
        ),
        (replace(GOOD, unseen_claims=frozenset({RUN}), mails=[mail(), mail()]), "2 mails"),
        (
            replace(GOOD, unseen_claims=frozenset({RUN}), mails=[mail(EAST), mail(), mail()]),
            "3 mails",
        ),
        (replace(GOOD, closed_runs=frozenset({RUN})), "which the operator gave up"),
    ],
)
def test_a_wrong_final_state_does_not_pass(state: FinalState, text: str) -> None:
    sentences = violations(state)
    assert any(text in sentence for sentence in sentences), sentences


def test_a_notice_is_allowed_for_an_execution_that_failed() -> None:
    assert violations(replace(GOOD, mails=[NOTICE, mail()], failures=Counter({RUN: 1}))) == []


def test_an_attempt_of_the_other_region_may_begin_before_the_completion_is_known_there() -> None:
    assert violations(replace(GOOD, rows=begun_again(EAST))) == []


def test_a_file_that_its_user_deleted_may_come_to_nothing_but_not_halfway() -> None:
    upload = replace(GOOD.uploads[0], is_deleted=True)
    deleted = replace(GOOD, uploads=(upload,), mails=[], served={})
    assert violations(replace(deleted, rows={EAST: [], WEST: []})) == []
    assert violations(replace(deleted, rows=both(status="GIVEN_UP"))) == []
    assert violations(replace(deleted, rows=both(status="STARTED"))) != []
    assert violations(deleted) != []  # COMPLETED, and no mail


def test_two_mails_are_excused_where_the_claim_of_the_first_could_not_be_seen() -> None:
    twice = replace(GOOD, mails=[mail(EAST, "m0"), mail()], unseen_claims=frozenset({RUN}))
    assert violations(twice) == []


def test_two_mails_of_one_region_are_excused_only_if_they_are_two_attempts() -> None:
    """The Region was left and became active again, before the other knew of its mail."""
    link = LINK.replace(RUN, f"{RUN}.1")
    first = mail(message_id="m0", body=f"The result:\n{link}\n\nRun: {RUN}\n")
    served = GOOD.served | {(link, EAST): csv(OUT), (link, WEST): csv(OUT)}
    twice = replace(GOOD, mails=[first, mail()], served=served, unseen_claims=frozenset({RUN}))
    assert violations(twice) == []
    sentences = violations(replace(twice, unseen_claims=frozenset()))
    assert any("2 mails" in sentence for sentence in sentences)


def test_a_run_that_the_operator_gave_up_still_needs_its_one_mail_and_output() -> None:
    closed = replace(GOOD, rows=both(status="GIVEN_UP"), closed_runs=frozenset({RUN}))
    assert violations(closed) == []
    assert violations(replace(closed, mails=[])) != []
    assert violations(replace(closed, served={})) != []
