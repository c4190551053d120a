"""`make upload`: a file of any name goes in, and WAIT=1 shows what becomes of it."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from common import keys
from common.run_state import COMPLETED, FAILED, GIVEN_UP, UNCERTAIN, UNKNOWN
from common.runs import Item
from common.visible_text import visible, visible_lines

from . import console
from .access_point import upload_file
from .announcement import announce
from .aws import Aws
from .errors import DeployError
from .plan import Plan
from .run_commands import active_deployment, print_links
from .run_watch import RunView, watch_run

EXAMPLE = "make upload FILE=../assets/testfile.csv"
# Control characters, halves of characters and line ends: neither a mail nor an XML document of S3
# can name such a key.
_UNUSABLE = ("Cc", "Cs", "Zl", "Zp")


def upload(aws: Aws, plan: Plan, file_name: str, *, is_awaited: bool) -> None:
    """Upload a file, and if it is awaited print its states and links.

    Raises DeployError if it is not uploaded, or is awaited and does not complete.
    """
    file = checked_file(file_name)
    key = f"{keys.INPUT_PREFIX}{file.name}"
    announce(aws, plan)
    with _explained_interrupt("The upload was broken off, and what is incomplete is not processed"):
        run_id = upload_file(aws, plan, file, key)
    console.info(f"{visible(key)} is uploaded; the id of its run is {run_id}.")
    if not is_awaited:
        console.info(
            f"The result will be mailed to {plan.settings.recipient}. Until then make status shows "
            "the file; WAIT=1 waits for the result."
        )
        return
    with _explained_interrupt(f"{run_id} goes on: {_whats_next(plan, run_id)}"):
        _await_result(aws, plan, file, run_id)


def checked_file(name: str) -> Path:
    """Return the path of a file that can be uploaded. Raises DeployError."""
    if not name:
        raise _refusal(f"FILE names no file: {EXAMPLE}")
    file, shown = Path(name), visible(name)
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise _refusal(f"There is no file '{shown}': {EXAMPLE}") from None
    except OSError as error:
        raise _refusal(f"'{shown}' cannot be read: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        raise _refusal(f"'{shown}' is a folder: name each file in it, as in {EXAMPLE}")
    if not stat.S_ISREG(mode) or not os.access(file, os.R_OK):
        raise _refusal(f"'{shown}' cannot be read: it is no ordinary file, or not yours to read")
    if any(unicodedata.category(character) in _UNUSABLE for character in file.name):
        raise _refusal(
            f"The name '{visible(file.name)}' has a line end, another control character, or bytes "
            "that are not UTF-8, which no mail could show: rename the file"
        )
    return file


def _refusal(text: str) -> DeployError:
    return DeployError(f"Nothing was uploaded. {text}.")


@contextmanager
def _explained_interrupt(text: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"Interrupted. {text}.") from None


def _await_result(aws: Aws, plan: Plan, file: Path, run_id: str) -> None:
    """Print each state, then the rows and links. Raises DeployError unless it is COMPLETED."""
    limit = int(plan.settings.overdue_hours) * 3600.0
    try:
        view = watch_run(aws, plan, run_id, limit, console.info)
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"FAILED: what becomes of {run_id} cannot be seen: {str(error).rstrip('.')}. It goes "
            f"on: {_whats_next(plan, run_id)}."
        ) from error
    if view.status != COMPLETED or view.item is None:
        raise DeployError(f"FAILED: {_failure(plan, visible(file.name), run_id, view)}")
    console.info(_counts(view.item))
    _print_links(aws, plan, run_id)


def _counts(item: Item) -> str:
    rows_in, rows_out, rejected = (item[f"rows_{name}"] for name in ("in", "out", "rejected"))
    every = ": every row was rejected" if rejected and not rows_out else ""
    return f"{rows_in} rows in, {rows_out} out, {rejected} rejected{every}"


def _print_links(aws: Aws, plan: Plan, run_id: str) -> None:
    """The result is there and mailed, so that links which cannot be had are no failure."""
    try:
        print_links(active_deployment(aws, plan), run_id)
    except DeployError as error:
        console.error(str(error))
        console.error(f"The result was mailed. For new links: make link RUN={run_id}")


def _whats_next(plan: Plan, run_id: str) -> str:
    return (
        f"its result will be mailed to {plan.settings.recipient}, make status shows its state, and "
        f"when it is complete make link RUN={run_id} prints its links"
    )


def _failure(plan: Plan, name: str, run_id: str, view: RunView) -> str:
    """What is wrong, and what to do."""
    item = view.item or {}
    reason = " ".join(visible_lines(str(item.get("reason", "")))).rstrip(".")
    if view.status == FAILED and item.get("error") == "InputRefused":
        return f"{name} was refused: {reason}. Run: {run_id}"
    if view.status == FAILED:
        return (
            f"the run failed: {item.get('error', 'unknown')}: {reason}. The operators are told. "
            f"When the cause is removed, make retry RUN={run_id} begins it again."
        )
    if view.status == GIVEN_UP:
        return f"an operator has given {run_id} up. Upload the file again to process it."
    if view.status == UNCERTAIN:
        return (
            f"nobody knows whether the result of {run_id} was mailed: ask {plan.settings.recipient}"
            f". If it came, make give-up RUN={run_id}; if it did not, make retry RUN={run_id}."
        )
    if view.status == UNKNOWN:
        return (
            f"nobody has begun {run_id} in {plan.settings.overdue_hours} hours. See make status "
            f"for the active Region and for replication, and the log of {plan.function('trigger')}."
        )
    return (
        f"{run_id} has not ended in {plan.settings.overdue_hours} hours: it is {view}. See its "
        f"execution of MainOrchestrator{plan.env} there. It goes on: {_whats_next(plan, run_id)}."
    )
