"""The mail about a run that completed."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.runs import Item
from common.visible_text import visible
from emailer import figures
from emailer.download_links import DownloadLinks
from emailer.file_facts import display_name, file_size, run_line, time_received
from emailer.mail import Block, Bullets, Download, Facts, Mail, Paragraph, Technical

NOT_REPLICATED = (
    "The files have not reached the second Region yet. Until they do, a link can answer\n"
    "403 Forbidden: try again after some minutes."
)


def completed_mail(
    event: Mapping[str, Any], links: DownloadLinks, item: Item, finished_at: str
) -> Mail:
    """Return the mail for the event of a completed run (docs/architecture.md) and its item."""
    name = display_name(event["key"])
    blocks: list[Block] = [Paragraph(_outcome(name, event))]
    if notes := event.get("notes"):
        blocks.append(Bullets("How the file was read:", tuple(map(visible, notes))))
    blocks += [Facts(tuple(_facts(event, item, finished_at))), *_downloads(event, links)]
    if not event["replicated"]:
        blocks.append(Paragraph(NOT_REPLICATED))
    blocks += [*_after_expiry(event, links), Paragraph(run_line(event["run_id"]))]
    label = "Processed" if event["rows_out"] else "All rows rejected"
    return Mail(f"{label}: {name}", tuple(blocks))


def _outcome(name: str, event: Mapping[str, Any]) -> str:
    rows, rejected = event["rows_in"], event["rows_rejected"]
    verb = "was" if rejected == 1 else "were"
    if not event["rows_out"]:
        subject = "The only row" if rows == 1 else f"All {figures.count(rows, 'row')}"
        return (
            f"{subject} of {name} {verb} rejected. The result has a header and no row;\n"
            "the second file says why."
        )
    if rejected:
        share = f"{rejected:,} of {figures.count(rows, 'row')} {verb} rejected"
        return f"{name} has been processed. {share}."
    return f"{name} has been processed. No row was rejected."


def _facts(event: Mapping[str, Any], item: Item, finished_at: str) -> Sequence[tuple[str, str]]:
    size = event.get("bytes_out")
    return [
        ("Rows in", f"{event['rows_in']:,}"),
        ("Rows out", f"{event['rows_out']:,}"),
        ("Rows rejected", f"{event['rows_rejected']:,}"),
        *time_received(item),
        ("Finished", figures.time(finished_at)),
        *file_size(item, event.get("bytes_in")),
        *([("Size of the result", figures.size(size))] if size is not None else []),
    ]


def _downloads(event: Mapping[str, Any], links: DownloadLinks) -> list[Download]:
    result = links.presigned_url(event["output_key"], event["output_version_id"])
    downloads = [Download("The result", result)]
    if event["rejects_key"]:
        rejects = links.presigned_url(event["rejects_key"], event["rejects_version_id"])
        downloads.append(Download("The rejected rows, with their reasons", rejects))
    return downloads


def _after_expiry(event: Mapping[str, Any], links: DownloadLinks) -> list[Block]:
    """Say how long a link works, and how to get the files after that."""
    text = (
        f"A link works for up to {figures.duration(links.seconds)}, sometimes less: it is signed "
        "with temporary credentials,\nwhich may expire before. After that, ask the operators for a "
        "new one, and name the run."
    )
    fresh_links = f"make link RUN={visible(event['run_id'])}"
    blocks: list[Block] = [Paragraph(text), Technical("They run:", (fresh_links,))]
    keys = [key for key in (event["output_key"], event["rejects_key"]) if key]
    if commands := [command for key in keys if (command := links.cli_command(key))]:
        heading = "With an AWS account that may read the bucket you need no link:"
        blocks.append(Technical(heading, tuple(commands)))
    return blocks
