"""The checks: whatever is not exactly right makes the drill fail, and is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tools.drill.support import (
    EAST,
    EXPECTED,
    REGIONS,
    ROWS,
    WEST,
    mail,
    output,
    rejects,
    row,
    sound,
)
from tools.drill.checks import problems_of, stray_mails
from tools.drill.evidence import LINK, Evidence, Output


def _problems(file: Evidence) -> str:
    return "\n".join(problems_of(file, EXPECTED, REGIONS))


def test_a_file_that_came_out_once_complete_and_correct_has_no_problems() -> None:
    assert _problems(sound()) == ""


def _missing(file: Evidence) -> None:
    file.rows, file.mails, file.outputs = {EAST: [], WEST: []}, [], {}


def _never_uploaded(file: Evidence) -> None:
    file.versions = {}


def _uploaded_twice(file: Evidence) -> None:
    file.versions["v2"] = 0.0


def _unfinished(file: Evidence) -> None:
    file.rows[WEST] = [row(status="STARTED")]


def _failed(file: Evidence) -> None:
    file.rows[EAST] = [row(status="FAILED", reason="the disk is full")]


def _two_rows(file: Evidence) -> None:
    file.rows[EAST].append(row(run_id="another"))


def _row_of_another_version(file: Evidence) -> None:
    file.rows[EAST] = [row(version_id="v9")]


def _completed_twice(file: Evidence) -> None:
    file.rows[WEST] = [row(attempts=[{"status": "COMPLETED"}, {"status": "COMPLETED"}])]


def _wrong_counts(file: Evidence) -> None:
    file.rows[WEST] = [row(rows_out=1)]


def _rows_that_differ(file: Evidence) -> None:
    file.rows[EAST] = [row(attempt=1)]


def _two_mails(file: Evidence) -> None:
    file.mails.append(mail())


def _no_mail(file: Evidence) -> None:
    file.mails = []


def _mail_of_a_failure(file: Evidence) -> None:
    file.mails = [mail(subject="Failed: load-00001.csv")]


def _unknown_mail(file: Evidence) -> None:
    file.mails = [mail(message_id="m9")]


def _row_missing_from_the_output(file: Evidence) -> None:
    file.outputs[LINK] = Output(output(ROWS[:1]), rejects(3))


def _wrong_value(file: Evidence) -> None:
    file.outputs[WEST] = Output(output([ROWS[0], ["2", *"abcdefghijklX"]]), rejects(3))


def _output_twice(file: Evidence) -> None:
    file.outputs[EAST] = Output(output(ROWS + ROWS), rejects(3))


def _empty_output(file: Evidence) -> None:
    file.outputs[EAST] = Output(b"", rejects(3))


def _no_rejects(file: Evidence) -> None:
    file.outputs[EAST] = Output(output(), None)


def _link_that_does_not_open(file: Evidence) -> None:
    file.outputs[LINK] = Output(error="HTTP Error 404: Not Found")


def _not_replicated(file: Evidence) -> None:
    del file.outputs[EAST]


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (_missing, "0 rows in the state table of us-east-1"),
        (_missing, "0 mails"),
        (_missing, "no output by the link in the mail"),
        (_never_uploaded, "0 uploaded versions"),
        (_uploaded_twice, "2 uploaded versions"),
        (_unfinished, "unfinished: STARTED in us-west-2"),
        (_failed, "unfinished: FAILED in us-west-2, the disk is full, by the table of us-east-1"),
        (_two_rows, "2 rows in the state table of us-east-1"),
        (_row_of_another_version, "version v9, which was not uploaded"),
        (_completed_twice, "2 attempts completed"),
        (_wrong_counts, "rows in, out, rejected are (3, 1, 1), expected (3, 2, 1)"),
        (_rows_that_differ, "the rows of the two Regions differ"),
        (_two_mails, "2 mails"),
        (_no_mail, "0 mails"),
        (_mail_of_a_failure, "a mail that says Failed"),
        (_unknown_mail, "a mail that the row does not know"),
        (_row_missing_from_the_output, "1 rows came out where 2 were expected, by the link"),
        (_wrong_value, "output row 2 is"),
        (_output_twice, "4 rows came out where 2 were expected, by us-east-1"),
        (_empty_output, "0 rows came out where 2 were expected"),
        (_no_rejects, "row 3 is invalid and was not rejected, by us-east-1"),
        (_link_that_does_not_open, "no output by the link in the mail: HTTP Error 404"),
        (_not_replicated, "no output by us-east-1"),
    ],
)
def test_what_is_wrong_with_a_file_is_found_and_named(
    spoil: Callable[[Evidence], None], problem: str
) -> None:
    file = sound()
    spoil(file)
    assert problem in _problems(file)
    assert _problems(file).startswith("load-00001.csv: ")


def test_a_mail_about_nothing_that_was_uploaded_is_found() -> None:
    mails = [mail(), mail(subject="Processed: another.csv")]
    assert stray_mails(mails, {"load-00001.csv"}) == [
        "a mail about nothing that was uploaded: Processed: another.csv"
    ]
