"""The mail about a run that failed. It says whose fault that is, and only what follows from it."""

from collections.abc import Mapping
from typing import Any

from common.runs import Item
from common.visible_text import visible, visible_lines
from emailer.file_facts import display_name, file_size, run_line, time_received
from emailer.mail import Block, Facts, Mail, Paragraph, Technical

INPUT_REFUSED = "InputRefused"  # the only error that is the file's
DEFAULT_REMEDY = "Correct the file and upload it again."
# docs/operations.md tells operators what this promises.
WHAT_HAPPENS_NEXT = (
    "The file is safe: it is stored where you uploaded it. The operators have been told. They\n"
    "look for the cause and then process the file again, and the result is mailed to you. You\n"
    "need to do nothing, and need not upload the file again, unless they ask you to."
)


def failed_mail(failure: Mapping[str, Any], item: Item) -> Mail:
    """Return the mail for the failure {run_id, key, error, reason} and the attempt's item."""
    name = display_name(failure["key"])
    lines = [line for line in visible_lines(failure["reason"]) if line.strip()]
    rows = (*time_received(item), *file_size(item))
    facts: list[Block] = [Facts(rows)] if rows else []
    run = Paragraph(run_line(failure["run_id"]))
    if failure["error"] == INPUT_REFUSED:
        return Mail(f"Not processed: {name}", (*_refused(name, lines), *facts, run))
    details = Technical("Details for the operators:", (visible(failure["error"]), *lines))
    return Mail(f"Failed: {name}", (*_failed(name), *facts, details, run))


def _refused(name: str, lines: list[str]) -> list[Block]:
    """The lines are the cause, the remedy, and details, if any."""
    blocks: list[Block] = [Paragraph(f"{name} was not processed.")]
    blocks += map(Paragraph, [*lines[:1], *(lines[1:2] or [DEFAULT_REMEDY])])
    if lines[2:]:
        blocks.append(Technical("Details:", tuple(lines[2:])))
    return blocks


def _failed(name: str) -> list[Block]:
    first = f"{name} could not be processed, because of an error on our side."
    return [Paragraph(first), Paragraph(WHAT_HAPPENS_NEXT)]
