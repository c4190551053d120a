"""The plain text and the HTML of a mail."""

from collections.abc import Iterable
from html import escape

from emailer.mail import Block, Bullets, Download, Facts, Mail, Paragraph, Technical

_FONT = "font-family: sans-serif; font-size: 15px; line-height: 1.4"
_CODE = "white-space: pre-wrap; overflow-wrap: anywhere"


def plain_text(mail: Mail) -> str:
    """Return the text, whose lines can be of any length."""
    return "\n\n".join(map(_text, mail.blocks)) + "\n"


def html(mail: Mail) -> str:
    """Return an HTML document."""
    body = "\n".join(map(_html, mail.blocks))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n'
        f'<head><meta charset="utf-8"><title>{escape(mail.subject)}</title></head>\n'
        f'<body style="{_FONT}">\n{body}\n</body>\n</html>\n'
    )


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return text
        case Bullets(heading, items):
            return "\n".join([heading, *(f"- {item}" for item in items)])
        case Facts(rows):
            width = max(len(name) for name, _ in rows) + 2
            return "\n".join(f"{name + ':':{width}}{value}" for name, value in rows)
        case Download(label, url):
            return f"{label}:\n{url}"
        case Technical(heading, lines):
            return "\n".join([heading, *(f"  {line}" for line in lines)])


def _html(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Bullets(heading, items):
            return f"<p>{escape(heading)}</p>\n<ul>{_joined('<li>{}</li>', items)}</ul>"
        case Facts(rows):
            cells = (f"<td>{escape(name)}:</td><td>{escape(value)}</td>" for name, value in rows)
            return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
        case Download(label, url):
            return f'<p><a href="{escape(url)}">{escape(label)}</a></p>'
        case Technical(heading, lines):
            text = "\n".join(map(escape, lines))
            return f'<p>{escape(heading)}</p>\n<pre style="{_CODE}">{text}</pre>'


def _joined(element: str, texts: Iterable[str]) -> str:
    return "".join(element.format(escape(text)) for text in texts)
