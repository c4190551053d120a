"""Links and commands that lead to an object."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from emailer import app
from emailer.download_links import DownloadLinks
from tests.unit.samples import MRAP

LINKS = DownloadLinks(app.S3, MRAP, 3600)


def test_a_link_is_signed_for_every_region_through_the_access_point_and_for_its_version() -> None:
    link = urlsplit(LINKS.presigned_url("output/r/a b ü.csv", "v 1"))
    query = parse_qs(link.query)
    assert link.hostname == "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com"
    assert query["X-Amz-Algorithm"] == ["AWS4-ECDSA-P256-SHA256"]
    assert query["X-Amz-Region-Set"] == ["*"]
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["versionId"] == ["v 1"]
    assert link.path == "/output/r/a%20b%20%C3%BC.csv"


def test_a_command_is_quoted_for_the_shell() -> None:
    assert LINKS.cli_command("output/r/a; rm -rf $HOME") == (
        f"aws s3 cp 's3://{MRAP}/output/r/a; rm -rf $HOME' ."
    )


@pytest.mark.parametrize("key", ["output/r/a\nb", "output/r/a\u00a0b", "output/r/a\u3164b"])
def test_a_key_that_nobody_could_type_has_no_command(key: str) -> None:
    assert LINKS.cli_command(key) is None
