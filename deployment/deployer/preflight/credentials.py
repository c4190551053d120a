"""Credentials that live as long as a deployment takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ..aws import Aws
from .finding import Finding

# An estimate, not measured: ARC's cluster, the access point, two Regions, and S3's notifications.
NEEDED = timedelta(minutes=45)


def check_lifetime(aws: Aws) -> Iterator[Finding]:
    """Keys in the environment are not renewed; those of a profile or a role are, by botocore.

    `aws configure export-credentials --format env` says when they end:
    https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html
    """
    credentials = aws.credentials()
    if credentials is None or credentials.method != "env" or not credentials.token:
        return
    text = os.environ.get("AWS_CREDENTIAL_EXPIRATION", "")
    if not text:
        yield Finding.warning(
            "the credentials in the environment are temporary, and nothing says until when: a "
            f"first deployment takes up to {_minutes(NEEDED)} minutes"
        )
        return
    remaining = datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.now(UTC)
    if remaining < NEEDED:
        yield Finding.missing(
            f"credentials that outlive the deployment: those in the environment end in "
            f"{max(0, _minutes(remaining))} minutes, and a first deployment takes up to "
            f"{_minutes(NEEDED)}; renew them"
        )


def _minutes(duration: timedelta) -> int:
    return round(duration.total_seconds() / 60)
