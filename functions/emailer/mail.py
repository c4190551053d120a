"""A mail as parts that are shown both as plain text and as HTML (emailer/mail_parts.py).

Every text is one printable line, with lines of its own only where these modules put them.
"""

from typing import NamedTuple


class Paragraph(NamedTuple):
    """Sentences."""

    text: str


class Bullets(NamedTuple):
    """A heading, and items beneath it."""

    heading: str
    items: tuple[str, ...]


class Facts(NamedTuple):
    """A table of two columns."""

    rows: tuple[tuple[str, str], ...]


class Download(NamedTuple):
    """A link, which is long: in HTML its label is shown in its place."""

    label: str
    url: str


class Technical(NamedTuple):
    """Lines that are not prose, such as a command or an error, beneath a heading."""

    heading: str
    lines: tuple[str, ...]


Block = Paragraph | Bullets | Facts | Download | Technical


class Mail(NamedTuple):
    """One mail to a user."""

    subject: str
    blocks: tuple[Block, ...]
