"""The texts of the mails. They are plain text, and every file name stays on its line."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from common import keys
from emailer.download_links import DownloadLinks

NAME_LENGTH = 120


class Mail(NamedTuple):
    """One mail."""

    subject: str
    body: str


def completed_mail(event: Mapping[str, Any], links: DownloadLinks) -> Mail:
    """Return the mail for the event of a completed run (docs/architecture.md)."""
    name = display_name(event["key"])
    paragraphs = [
        f"{name} has been processed.",
        _counts(event),
        _download("The result", event["output_key"], event["output_version_id"], links),
    ]
    if event["rejects_key"]:
        label = "The rejected rows, with their reasons"
        rejects = _download(label, event["rejects_key"], event["rejects_version_id"], links)
        paragraphs.append(rejects)
    paragraphs.append(f"Links work for {duration(links.seconds)} at most.")
    if not event["replicated"]:
        paragraphs.append(
            "The files have not reached the second Region yet. Until they do, a link can answer\n"
            "403 Forbidden: try again after some minutes."
        )
    paragraphs.append(f"Run: {event['run_id']}")
    return Mail(f"Processed: {name}", "\n\n".join(paragraphs) + "\n")


def failed_mail(run_id: str, key: str, error: str, reason: str) -> Mail:
    """Return the mail for a failed run; it shows the whole reason, each line indented."""
    name = display_name(key)
    indented = "\n".join(f"  {_one_line(line)}" for line in reason.splitlines())
    body = (
        f"{name} could not be processed.\n\n{_one_line(error)}:\n{indented}\n\n"
        "The file is still where it was uploaded. If something is wrong with it, correct it and\n"
        "upload it again. If not, you need to do nothing: the operators have been told.\n\n"
        f"Run: {run_id}\n"
    )
    return Mail(f"Failed: {name}", body)


def display_name(key: str) -> str:
    """Return the user's name of the file on one printable line, short enough for a subject."""
    name = _one_line(keys.file_name(key))
    return name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…"


def duration(seconds: int) -> str:
    """Return the duration in its largest whole unit: `90 minutes`, `12 hours`."""
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


def _download(label: str, key: str, version_id: str, links: DownloadLinks) -> str:
    command = links.cli_command(key)
    after_expiry = f"\nWhen the link has expired:\n{command}" if command else ""
    return f"{label}:\n{links.presigned_url(key, version_id)}{after_expiry}"


def _one_line(text: str) -> str:
    """Replace control characters, newlines and direction marks, which could fake other lines."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
