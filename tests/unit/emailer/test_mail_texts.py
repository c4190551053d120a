"""The texts and links of the mails."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailer import app
from emailer.download_links import DownloadLinks
from emailer.mail_texts import completed_mail, display_name, duration, failed_mail
from tests.unit.samples import COMPLETED_EVENT, MRAP

LINKS = DownloadLinks(app.S3, MRAP, 3600)
NO_REJECTS = {"rows_rejected": 0, "rejects_key": None, "rejects_version_id": None}


def test_the_mail_names_the_file_and_its_counts() -> None:
    mail = completed_mail(COMPLETED_EVENT, LINKS)
    assert mail.subject == "Processed: sales.csv"
    assert "Rows in:       10\nRows out:      8\nRows rejected: 2\n" in mail.body
    assert "Links work for 1 hour at most." in mail.body


def test_the_mail_has_links_and_commands_for_output_and_rejects() -> None:
    lines = completed_mail(COMPLETED_EVENT, LINKS).body.splitlines()
    links = [urlsplit(line) for line in lines if line.startswith("https://")]
    assert [link.path for link in links] == [
        "/output/r/sales.csv",
        "/output/r/sales.csv.rejects.csv",
    ]
    assert f"aws s3 cp s3://{MRAP}/output/r/sales.csv ." in lines
    assert f"aws s3 cp s3://{MRAP}/output/r/sales.csv.rejects.csv ." in lines


def test_without_rejects_there_is_one_link() -> None:
    body = completed_mail(COMPLETED_EVENT | NO_REJECTS, LINKS).body
    assert body.count("https://") == 1
    assert "with their reasons" not in body


def test_defect_17_the_mail_says_if_the_other_region_does_not_have_the_file_yet() -> None:
    assert "403 Forbidden" not in completed_mail(COMPLETED_EVENT, LINKS).body
    assert "403 Forbidden" in completed_mail(COMPLETED_EVENT | {"replicated": False}, LINKS).body


def test_a_link_is_signed_for_every_region_through_the_access_point_and_for_its_version() -> None:
    link = urlsplit(LINKS.presigned_url("output/r/a b ü.csv", "v 1"))
    query = parse_qs(link.query)
    assert link.hostname == "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com"
    assert query["X-Amz-Algorithm"] == ["AWS4-ECDSA-P256-SHA256"]
    assert query["X-Amz-Region-Set"] == ["*"]
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["versionId"] == ["v 1"]
    assert link.path == "/output/r/a%20b%20%C3%BC.csv"


def test_a_command_is_quoted_for_the_shell_and_left_out_if_it_does_not_fit_on_a_line() -> None:
    assert LINKS.cli_command("output/r/a; rm -rf $HOME") == (
        f"aws s3 cp 's3://{MRAP}/output/r/a; rm -rf $HOME' ."
    )
    assert LINKS.cli_command("output/r/a\nb") is None


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_file_name_adds_a_line_to_a_mail_or_its_subject(name: str) -> None:
    event = (
        COMPLETED_EVENT | {"key": f"input/{name}", "output_key": f"output/r/{name}"} | NO_REJECTS
    )
    mail = completed_mail(event, LINKS)
    assert mail.subject.isprintable()
    assert len(mail.subject) < 140
    assert len(mail.body.splitlines()) in (12, 14)


def test_a_failed_mail_has_the_reason_and_says_that_the_file_is_still_there() -> None:
    mail = failed_mail("r", "input/sales.csv", "InputRefused", "line 7: not UTF-8\nsecond")
    assert mail.subject == "Failed: sales.csv"
    assert "InputRefused:\n  line 7: not UTF-8\n  second\n" in mail.body
    assert "still where it was uploaded" in mail.body


def test_names_stay_readable_and_short() -> None:
    assert display_name("input/2026/Verkäufe.csv") == "2026/Verkäufe.csv"
    assert display_name("input/a\r\nBcc: x@y") == "a??Bcc: x@y"
    assert len(display_name("input/" + "x" * 900)) == 121


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (3600, "1 hour"),
        (43_200, "12 hours"),
        (5400, "90 minutes"),
        (86_400, "1 day"),
        (1, "1 second"),
        (0, "0 seconds"),
    ],
)
def test_a_duration_has_its_largest_whole_unit(seconds: int, expected: str) -> None:
    assert duration(seconds) == expected
