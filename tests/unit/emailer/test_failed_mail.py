"""The mail about a run that failed says whose fault it is, and nothing of the other's."""

from __future__ import annotations

import pytest

from emailer.failed_mail import failed_mail
from emailer.mail_parts import html, plain_text
from tests.unit.emailer.mails import failed

REFUSAL = "The file is empty.\nFill it and upload it again.\nline 1: no header\nof 8 columns"


def test_a_refusal_has_the_cause_then_the_remedy_and_the_details_last() -> None:
    mail = failed(REFUSAL)
    assert mail.subject == "Not processed: sales.csv"
    assert plain_text(mail) == (
        "sales.csv was not processed.\n\n"
        "The file is empty.\n\n"
        "Fill it and upload it again.\n\n"
        "Details:\n  line 1: no header\n  of 8 columns\n\n"
        "Received:         2026-01-31 23:59:00 UTC\n"
        "Size of the file: 1.2 MB (1,234,567 bytes)\n\n"
        "Run: r\n"
    )


def test_a_refusal_speaks_neither_of_operators_nor_of_errors() -> None:
    mail = failed(REFUSAL)
    for text in (plain_text(mail), html(mail), mail.subject):
        assert not [word for word in ("operator", "rror", "InputRefused") if word in text]


@pytest.mark.parametrize("reason", ["The file is empty.", "The file is empty.\n\n \n"])
def test_a_refusal_without_a_remedy_gets_one(reason: str) -> None:
    expected = "The file is empty.\n\nCorrect the file and upload it again.\n\nReceived"
    assert expected in plain_text(failed(reason))
    assert "Details" not in plain_text(failed(reason))


def test_an_error_of_ours_is_called_so_and_the_mail_says_what_happens_next() -> None:
    mail = failed("9 rows of 10\nare there", "RowsDoNotAddUp")
    assert mail.subject == "Failed: sales.csv"
    text = plain_text(mail)
    assert text.startswith(
        "sales.csv could not be processed, because of an error on our side.\n\nThe file is safe"
    )
    sentences = " ".join(text.split())
    for promise in ("operators have been told", "process the file again", "result is mailed"):
        assert promise in sentences
    assert text.endswith(
        "Details for the operators:\n  RowsDoNotAddUp\n  9 rows of 10\n  are there\n\nRun: r\n"
    )
    assert "orrect the file" not in text


def test_an_item_without_time_and_size_is_left_out() -> None:
    failure = {"run_id": "r", "key": "input/a.csv", "error": "InputRefused", "reason": "C\nR"}
    assert plain_text(failed_mail(failure, {})) == "a.csv was not processed.\n\nC\n\nR\n\nRun: r\n"
