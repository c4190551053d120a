"""Publishes a run that completed: claims the mail, sends it, then marks the attempt COMPLETED."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from common.attempts import AttemptId
from common.observability import logger
from common.run_state import COMPLETED, SUPERSEDED
from common.runs import now
from common.state_table import StateTable
from emailer.completed_mail import completed_mail
from emailer.download_links import DownloadLinks
from emailer.mailer import Mailer, MailUnconfirmed
from emailer.supersession import Fence

RESULT = ("rows_in", "rows_out", "rows_rejected", "output_key", "output_version_id")
REJECTS = ("rejects_key", "rejects_version_id")


def complete_run(
    fence: Fence,
    mailer: Mailer,
    links: DownloadLinks,
    attempt: AttemptId,
    event: Mapping[str, Any],
) -> tuple[str | None, bool]:
    """Return the message id, None if superseded; and whether this call has sent the mail.

    A retry finds the mail sent. Raises MailUnconfirmed if an earlier try may have sent it.
    """
    state, claim = fence.state, uuid.uuid4().hex
    mail = completed_mail(event, links, state.own_existing(attempt), now())
    message = mailer.compose(mail)
    if fence.stops_by_items(attempt):
        return None, False
    if not state.claim_mail(attempt, claim):
        return _earlier_message_id(state, attempt), False
    message_id = mailer.send(attempt, claim, message)
    result = {name: event[name] for name in RESULT}
    result |= {name: event[name] for name in REJECTS if event[name]}
    result |= {"completed_region": state.region, "mail_message_id": message_id}
    if not state.complete(attempt, claim, result):
        raise MailUnconfirmed("the mail was sent, but its claim was gone: was the item changed?")
    return message_id, True


def _earlier_message_id(state: StateTable, attempt: AttemptId) -> str | None:
    """Return the id of the mail that completed the attempt; None if the attempt is superseded."""
    item = state.own_existing(attempt)
    if item["status"] == COMPLETED:
        return str(item["mail_message_id"])
    if item["status"] == SUPERSEDED:
        logger.warning("Not published: the attempt is superseded", run_id=attempt.run_id)
        return None
    raise MailUnconfirmed("an earlier try claimed the mail and left no result")
