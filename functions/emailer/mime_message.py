"""The mail as a MIME message, as it goes over the wire.

A line has at most 998 characters (RFC 5322, 2.1.1), and a link is longer. SES's documents do not
say how it encodes a `Simple` message, so the message is built here and sent as `Raw`:
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_RawMessage.html
"""

from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

from emailer.mail import Mail
from emailer.mail_parts import html, plain_text


def mime_message(mail: Mail, sender: str, recipient: str) -> bytes:
    """Return a message with a plain and an HTML part. SES adds Message-ID and Date."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    # Quoted-printable breaks long lines in a way that the reader's program undoes.
    message.set_content(plain_text(mail), cte="quoted-printable")
    message.add_alternative(html(mail), subtype="html", cte="quoted-printable")
    return _subject(mail.subject) + message.as_bytes()


def _subject(text: str) -> bytes:
    """Return the header of the subject.

    EmailMessage loses spaces in some versions of Python, and runs encoded words together in others
    (https://github.com/python/cpython/issues/92081, …/144156). What merely looks like an encoded
    word is encoded, too, since the reader's program would decode it.
    """
    is_plain = text.isascii() and "=?" not in text
    value = (
        text if is_plain else Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
    )
    return f"Subject: {value}\r\n".encode("ascii")
