"""The mail about a run that completed says what came of the file, and how to get it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from emailer.completed_mail import completed_mail
from emailer.mail_parts import html, plain_text
from tests.unit.emailer.mails import FINISHED_AT, NO_REJECTS, completed, links
from tests.unit.samples import COMPLETED_EVENT, MRAP


def test_a_file_without_rejected_rows_is_processed() -> None:
    mail = completed(**NO_REJECTS)
    assert mail.subject == "Processed: sales.csv"
    text = plain_text(mail)
    assert text.startswith("sales.csv has been processed. No row was rejected.\n\n")
    assert text.count("https://") == 1
    assert "with their reasons" not in text


@pytest.mark.parametrize(
    ("counts", "subject", "sentence"),
    [
        ((100, 97, 3), "Processed", "sales.csv has been processed. 3 of 100 rows were rejected."),
        ((2, 1, 1), "Processed", "sales.csv has been processed. 1 of 2 rows was rejected."),
        ((1234, 0, 1234), "All rows rejected", "All 1,234 rows of sales.csv were rejected."),
        ((1, 0, 1), "All rows rejected", "The only row of sales.csv was rejected."),
    ],
)
def test_rejected_rows_are_told_first_and_a_file_without_a_good_row_is_not_called_processed(
    counts: tuple[int, int, int], subject: str, sentence: str
) -> None:
    rows_in, rows_out, rejected = counts
    mail = completed(rows_in=rows_in, rows_out=rows_out, rows_rejected=rejected)
    assert mail.subject == f"{subject}: sales.csv"
    assert plain_text(mail).startswith(sentence)


def test_counts_times_and_sizes_are_there() -> None:
    mail = completed(
        rows_in=12345, rows_out=12340, rows_rejected=5, bytes_in=999, bytes_out=2_500_000
    )
    assert (
        "Rows in:            12,345\n"
        "Rows out:           12,340\n"
        "Rows rejected:      5\n"
        "Received:           2026-01-31 23:59:00 UTC\n"
        "Finished:           2026-02-01 00:01:02 UTC\n"
        "Size of the file:   999 bytes\n"
        "Size of the result: 2.5 MB (2,500,000 bytes)\n"
    ) in plain_text(mail)


def test_the_event_of_an_execution_from_before_an_update_has_neither_sizes_nor_notes() -> None:
    """The item has the size of the file."""
    event = {
        name: value
        for name, value in COMPLETED_EVENT.items()
        if name not in ("bytes_in", "bytes_out", "notes")
    }
    text = plain_text(completed_mail(event, links(), {"size": Decimal(1234)}, FINISHED_AT))
    assert "Size of the file: 1.2 kB (1,234 bytes)\n" in text
    assert "Size of the result" not in text
    assert "Received" not in text


def test_notes_tell_how_the_file_was_read() -> None:
    notes = ["The columns are separated by semicolons.", "One <b>\u200bnote."]
    mail = completed(notes=notes)
    heading = "How the file was read:"
    items = "- The columns are separated by semicolons.\n- One <b><U+200B>note.\n"
    assert f"{heading}\n{items}" in plain_text(mail)
    assert "<li>One &lt;b&gt;&lt;U+200B&gt;note.</li>" in html(mail)
    assert heading not in plain_text(completed(notes=[]))


def test_both_parts_have_the_links_and_the_commands() -> None:
    mail = completed(url="https://x.example/?a=1&b=2")
    text, document = plain_text(mail), html(mail)
    assert "The result:\nhttps://x.example/?a=1&b=2\n\n" in text
    assert "The rejected rows, with their reasons:\nhttps://x.example/?a=1&b=2\n\n" in text
    assert '<a href="https://x.example/?a=1&amp;b=2">The result</a>' in document
    for key in ("output/r/sales.csv", "output/r/sales.csv.rejects.csv"):
        assert f"aws s3 cp s3://{MRAP}/{key} ." in text
        assert f"aws s3 cp s3://{MRAP}/{key} ." in document


def test_the_mail_says_how_long_a_link_works_and_how_to_get_another() -> None:
    text = plain_text(completed())
    assert "A link works for up to 12 hours, sometimes less" in text
    assert "  make link RUN=r\n" in text


def test_without_a_command_that_can_be_typed_there_is_none() -> None:
    mail = completed(output_key="output/r/a\u200b.csv", **NO_REJECTS)
    assert "aws s3 cp" not in plain_text(mail)


def test_defect_17_the_mail_says_if_the_other_region_does_not_have_the_file_yet() -> None:
    assert "403 Forbidden" not in plain_text(completed())
    assert "403 Forbidden" in plain_text(completed(replicated=False))


def test_the_last_line_names_the_run() -> None:
    assert plain_text(completed()).endswith("\n\nRun: r\n")
