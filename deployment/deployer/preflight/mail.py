"""SES: who may send, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from ..cloud import Cloud
from ..settings import Settings
from .finding import Finding


def mail(cloud: Cloud, settings: Settings, region: str) -> Iterator[Finding]:
    """The identity in each Region; in the sandbox the recipient too."""
    ses = cloud.client("sesv2", region)
    yield _identity(ses, settings.ses_identity, region, "SES_IDENTITY")
    if ses.get_account()["ProductionAccessEnabled"]:
        yield Finding.ok(f"{region}: SES is out of its sandbox")
        return
    domain = settings.recipient.rpartition("@")[2]
    if settings.recipient != settings.ses_identity and not _verified(ses, domain):
        yield _identity(ses, settings.recipient, region, "RECIPIENT, as SES is in its sandbox,")
    yield Finding.warning(
        f"{region}: SES is in its sandbox: 200 mails a day, to verified recipients only; "
        "https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html"
    )


def _identity(ses: Any, identity: str, region: str, what: str) -> Finding:
    if _verified(ses, identity):
        return Finding.ok(f"{region}: SES has verified {identity}")
    return Finding.missing(
        f"{region}: {what} {identity} is not verified: aws sesv2 create-email-identity "
        f"--email-identity {identity} --region {region}, and follow what comes by mail or DNS"
    )


def _verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return False
        raise
