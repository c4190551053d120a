"""Mails to try, with the parts that users or AWS decide."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

from emailer.completed_mail import completed_mail
from emailer.download_links import DownloadLinks
from emailer.failed_mail import failed_mail
from emailer.mail import Mail
from tests.unit.samples import COMPLETED_EVENT, MRAP

ITEM = {"started_at": "2026-01-31T23:59:00.123Z", "size": 1_234_567}
FINISHED_AT = "2026-02-01T00:01:02.345Z"
NO_REJECTS: dict[str, Any] = {
    "rows_out": 10,
    "rows_rejected": 0,
    "rejects_key": None,
    "rejects_version_id": None,
}
URL = "https://x.example/output/r/sales.csv?X-Amz-Signature=1"


def links(url: str = URL, seconds: int = 43_200) -> DownloadLinks:
    """Return links that are signed by nobody."""
    s3 = MagicMock()
    s3.generate_presigned_url.return_value = url
    return DownloadLinks(s3, MRAP, seconds)


def completed(url: str = URL, item: dict[str, Any] = ITEM, **event: Any) -> Mail:
    """Return the mail about a run that completed."""
    return completed_mail(COMPLETED_EVENT | event, links(url), item, FINISHED_AT)


def failed(reason: str, error: str = "InputRefused", key: str = "input/sales.csv") -> Mail:
    """Return the mail about a run that failed."""
    failure = {"run_id": "r", "key": key, "error": error, "reason": reason}
    return failed_mail(failure, ITEM)
