"""Subject and text of a mail, from a simple or a raw message; what SES refuses in a raw one.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_RawMessage.html
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageDefect
from email.message import EmailMessage
from typing import Any, NamedTuple

from localcloud.gateway.errors import ApiError, not_emulated

# In base64: https://docs.aws.amazon.com/ses/latest/dg/quotas.html
_MAX_BYTES = 40 * 1024 * 1024
_MAX_LINE = 998  # without its CRLF
# RFC 5322, 3.6: these are in a message at most once.
_UNIQUE = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID")


class Message(NamedTuple):
    """``text`` is the plain part, or the HTML part if there is no other."""

    subject: str
    text: str
    html: str | None = None
    sender: str = ""  # the From header of a raw message


def simple_message(content: dict[str, Any]) -> Message:
    body = content["Body"]
    html = body["Html"]["Data"] if "Html" in body else None
    text = body["Text"]["Data"] if "Text" in body else html
    if not text:
        raise _refused("Missing required body: Text or Html")
    return Message(content["Subject"]["Data"], text, html)


def raw_message(content: bytes) -> Message:
    size = -(-len(content) // 3) * 4
    if size > _MAX_BYTES:
        raise _refused(f"Message length is more than {_MAX_BYTES} bytes long: '{size}'.")
    if any(len(line) > _MAX_LINE for line in content.splitlines()):
        raise _refused(f"A line of the message is longer than {_MAX_LINE} characters.")
    try:
        return _read(message_from_bytes(content, policy=policy.default))
    except (LookupError, ValueError) as error:  # a header or a charset that cannot be read
        raise _refused(f"The message is not valid: {error}") from error


def _read(message: EmailMessage) -> Message:
    if message["From"] is None:
        raise _refused("Missing required header 'From'.")
    for name in _UNIQUE:
        if len(message.get_all(name, [])) > 1:
            raise _refused(f"Duplicate header '{name}'.")
    for defect in _defects(message):
        raise _refused(f"The message is not valid MIME: {defect}")
    if any(part.is_attachment() for part in message.walk()):
        raise not_emulated("SES attachments in a Raw message")
    html = _body_text(message, "html")
    text = _body_text(message, "plain") or html or ""
    return Message(str(message["Subject"] or ""), text, html, str(message["From"]))


def _defects(message: EmailMessage) -> Iterator[MessageDefect]:
    for part in message.walk():
        part.get_payload(decode=True)  # notes what is wrong in base64
        yield from part.defects


def _body_text(message: EmailMessage, subtype: str) -> str | None:
    part = message.get_body((subtype,))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")


def _refused(text: str) -> ApiError:
    return ApiError("BadRequestException", text)
