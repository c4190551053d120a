"""Sends one mail, and reports whether SES accepted it.

SES has no idempotency token, so a mail that may have been sent must not be sent again
(docs/decisions.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from common.attempts import AttemptId
from common.state_table import StateTable
from emailer.mail import Mail
from emailer.mime_message import mime_message

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# Raised before the request is sent.
NOT_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)


class MailUnconfirmed(Exception):
    """Nobody knows whether SES accepted the mail. Permanent: operators decide."""


@dataclass(frozen=True)
class Mailer:
    """Sends the mails of runs from `sender` to `recipient`."""

    ses: SESV2Client
    state: StateTable
    sender: str
    recipient: str

    def compose(self, mail: Mail) -> bytes:
        """Return the message. To be done before the claim: if it fails, no mail was sent."""
        return mime_message(mail, self.sender, self.recipient)

    def send(self, attempt: AttemptId, claim: str, message: bytes) -> str:
        """Send the message that `claim` gives the right to; return SES's message id.

        A clear refusal gives the claim back and is raised as it came, so that a retry may send. Any
        other error leaves the claim and is raised as MailUnconfirmed.
        """
        try:
            return self._send(message)
        except Exception as error:
            if not _is_refusal(error):
                raise MailUnconfirmed(
                    f"SES may have accepted the mail: {type(error).__name__}"
                ) from error
            self.state.release_mail(attempt, claim)
            raise

    def _send(self, message: bytes) -> str:
        response = self.ses.send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [self.recipient]},
            Content={"Raw": {"Data": message}},
        )
        return response["MessageId"]


def _is_refusal(error: Exception) -> bool:
    """A status below 500 is a refusal; one of 500 and more says nothing about the mail."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status < 500
    return isinstance(error, NOT_SENT)
