"""One mail, of which it is known afterwards whether it was accepted.

SES has no idempotency token (docs/decisions.md): what is not certain must not be tried again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from common.state_table import StateTable
from emailer.mail_text import Mail

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# Raised before the request is sent.
NEVER_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)


class MailUnconfirmed(Exception):
    """Nobody knows whether SES took the mail. Permanent: operators decide."""


class Post:
    """Sends for the holder of a run's claim."""

    def __init__(self, ses: SESV2Client, state: StateTable, sender: str, recipient: str) -> None:
        self._ses = ses
        self._state = state
        self._sender = sender
        self._recipient = recipient

    def send(self, run_id: str, claim: str, mail: Mail) -> str:
        """SES's message id.

        A definite refusal gives the claim back and is raised as it came, for a retry. Anything
        else leaves the claim where it is and is raised as MailUnconfirmed.
        """
        try:
            return self._send(mail)
        except Exception as error:
            if not _certainly_not_sent(error):
                raise MailUnconfirmed(
                    f"SES may have taken the mail: {type(error).__name__}"
                ) from error
            self._state.release_mail(run_id, claim)
            raise

    def _send(self, mail: Mail) -> str:
        sent = self._ses.send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [self._recipient]},
            Content={
                "Simple": {
                    "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": mail.body, "Charset": "UTF-8"}},
                }
            },
        )
        return sent["MessageId"]


def _certainly_not_sent(error: Exception) -> bool:
    """An answer below 500 is a refusal; an answer of 500 and more says nothing about the mail."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status < 500
    return isinstance(error, NEVER_SENT)
