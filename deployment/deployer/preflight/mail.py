"""SES: which identities are verified, and whether it is in its sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from ..aws import Aws
from ..settings import Settings
from .finding import Finding


def check_mail(aws: Aws, settings: Settings, region: str) -> Iterator[Finding]:
    """The identity must be verified in each Region; in the sandbox the recipient too."""
    ses = aws.client("sesv2", region)
    yield _check_identity(ses, settings.ses_identity, region, "SES_IDENTITY")
    if ses.get_account()["ProductionAccessEnabled"]:
        yield Finding.ok(f"{region}: SES is out of its sandbox")
        return
    domain = settings.recipient.rpartition("@")[2]
    if settings.recipient != settings.ses_identity and not _is_verified(ses, domain):
        role = "RECIPIENT, as SES is in its sandbox,"
        yield _check_identity(ses, settings.recipient, region, role)
    yield Finding.warning(
        f"{region}: SES is in its sandbox: 200 mails a day, to verified recipients only; "
        "https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html"
    )


def _check_identity(ses: Any, identity: str, region: str, role: str) -> Finding:
    if _is_verified(ses, identity):
        return Finding.ok(f"{region}: SES has verified {identity}")
    return Finding.missing(
        f"{region}: {role} {identity} is not verified: aws sesv2 create-email-identity "
        f"--email-identity {identity} --region {region}, then follow the mail, or set the DNS "
        "records that the answer shows"
    )


def _is_verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return False
        raise
