"""SES: sending needs the permission on the identities of sender and recipients.

In the sandbox recipients are identities too and are checked like the sender (practice, not in the
documentation). Who sends to whom is in the parameters and in the headers of a raw message:
https://docs.aws.amazon.com/ses/latest/dg/send-email-raw.html
"""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.utils import getaddresses, parseaddr
from typing import Any, NamedTuple

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission
from localcloud.iam.permissions.table import Table
from localcloud.settings import ACCOUNT_ID

_KINDS = ("ToAddresses", "CcAddresses", "BccAddresses")
_HEADERS = ("To", "Cc", "Bcc")


class Envelope(NamedTuple):
    """Sender and recipients as they were written: ``Name <a@b.c>``."""

    sender: str
    recipients: list[str]

    @property
    def recipient_addresses(self) -> list[str]:
        """The recipients without their names."""
        return [address for _, address in getaddresses(self.recipients)]

    @property
    def addresses(self) -> list[str]:
        """Sender and recipients without their names, each once."""
        return list(dict.fromkeys([parseaddr(self.sender)[1], *self.recipient_addresses]))


def envelope(params: Mapping[str, Any]) -> Envelope:
    """A parameter goes before a header. What is in neither is empty."""
    message = message_from_bytes(raw_message(params) or b"")
    sender = params.get("FromEmailAddress") or message["From"] or ""
    destination = params.get("Destination") or {}
    recipients = [str(address) for kind in _KINDS for address in destination.get(kind) or []]
    if not recipients:
        headers = [str(value) for name in _HEADERS for value in message.get_all(name, [])]
        recipients = [address for _, address in getaddresses(headers)]
    return Envelope(str(sender), recipients)


def actions(params: Mapping[str, Any]) -> list[str]:
    """The actions that the call needs a permission for.

    AWS documents ses:SendEmail alone. Reports say that a raw message is checked as
    ses:SendRawEmail, and advise to allow both: https://github.com/anymail/django-anymail/issues/384
    """
    is_raw = raw_message(params) is not None
    return ["ses:SendRawEmail", "ses:SendEmail"] if is_raw else ["ses:SendEmail"]


def raw_message(params: Mapping[str, Any]) -> bytes | None:
    """The raw message, None if the message is of another kind."""
    content = (params.get("Content") or {}).get("Raw") or {}
    return content.get("Data")


TABLE = Table("ses", {"identity": "{EmailIdentity}"})


def required_permissions(call: Call) -> list[Permission]:
    if call.name != "SendEmail":
        return TABLE.permissions(call)
    mail = envelope(call.params)
    display, sender = parseaddr(mail.sender)
    keys: Keys = {
        "ses:ApiVersion": "2",
        "ses:FromAddress": sender,
        "ses:FromDisplayName": display,
        "ses:Recipients": mail.recipient_addresses,
    }
    arn = f"arn:aws:ses:{call.region}:{ACCOUNT_ID}:identity/"
    return [
        Permission(action, arn + address, lambda: keys)
        for action in actions(call.params)
        for address in mail.addresses
    ]
