"""The words of the mails. Plain text; whatever a file is called, it stays on its line."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from common import keys

NAME_LENGTH = 120


class Mail(NamedTuple):
    """One mail."""

    subject: str
    body: str


class LinkMaker(Protocol):
    """What the words need of emailer.links.Links."""

    seconds: int

    def signed(self, key: str, version_id: str) -> str: ...
    def command(self, key: str) -> str | None: ...


def completed_mail(event: Mapping[str, Any], links: LinkMaker) -> Mail:
    """For the event of a completed outcome (docs/architecture.md)."""
    name = display_name(event["key"])
    parts = [
        f"{name} has been processed.",
        _counts(event),
        _download("The result", event["output_key"], event["output_version_id"], links),
    ]
    if event["rejects_key"]:
        label = "The rejected rows, with their reasons"
        parts.append(_download(label, event["rejects_key"], event["rejects_version_id"], links))
    parts.append(f"Links work for {duration(links.seconds)} at most.")
    if not event["replicated"]:
        parts.append(
            "The files have not reached the second Region yet. Until they do, a link can answer\n"
            "404 Not Found: try again after some minutes."
        )
    parts.append(f"Run: {event['run_id']}")
    return Mail(f"Processed: {name}", "\n\n".join(parts) + "\n")


def failed_mail(run_id: str, key: str, error: str, reason: str) -> Mail:
    """The reason is shown in full, each of its lines indented."""
    name = display_name(key)
    shown = "\n".join(f"  {_one_line(part)}" for part in reason.splitlines())
    body = (
        f"{name} could not be processed.\n\n{_one_line(error)}:\n{shown}\n\n"
        "The file is still where it was uploaded. If it is at fault, correct it and upload it\n"
        f"again; if not, the operators, who have been told, see to it.\n\nRun: {run_id}\n"
    )
    return Mail(f"Failed: {name}", body)


def display_name(key: str) -> str:
    """The user's name of the file: one line, printable, not too long for a subject."""
    name = _one_line(keys.name(key))
    return name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…"


def duration(seconds: int) -> str:
    """As people say it: `90 minutes`, `12 hours`."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= length and seconds % length == 0:
            count = seconds // length
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"


def _counts(event: Mapping[str, Any]) -> str:
    return (
        f"Rows in:       {event['rows_in']}\n"
        f"Rows out:      {event['rows_out']}\n"
        f"Rows rejected: {event['rows_rejected']}"
    )


def _download(label: str, key: str, version_id: str, links: LinkMaker) -> str:
    command = links.command(key)
    later = f"\nWhen the link has expired:\n{command}" if command else ""
    return f"{label}:\n{links.signed(key, version_id)}{later}"


def _one_line(text: str) -> str:
    """Control characters, newlines and direction marks could fake other lines: show a `?`."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
