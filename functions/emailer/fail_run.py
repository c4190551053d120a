"""Marks an attempt FAILED, so that its item never stays STARTED, and then tells the user."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from common.attempts import AttemptId
from common.observability import logger
from common.state_table import StateTable
from emailer.failed_mail import failed_mail
from emailer.mailer import Mailer, MailUnconfirmed


def fail_run(
    state: StateTable, mailer: Mailer, attempt: AttemptId, event: Mapping[str, Any]
) -> str | None:
    """Return the message id of the notice, also if an earlier try has sent it.

    An attempt that completed after all, or is superseded, gets neither mark nor notice. Raises
    MailUnconfirmed if an earlier mail may have been sent; the operators know by then.
    """
    if state.fail(attempt, event["error"], event["reason"]):
        return mail_failure(state, mailer, attempt, event)
    item = state.own_existing(attempt)
    logger.warning("Not marked as failed", run_id=attempt.run_id, status=item["status"])
    return item.get("mail_message_id")


def mail_failure(
    state: StateTable, mailer: Mailer, attempt: AttemptId, failure: Mapping[str, Any]
) -> str:
    """Send the notice of an attempt that is marked FAILED, once; return its message id.

    `failure` is {run_id, key, error, reason}.
    """
    claim = uuid.uuid4().hex
    message = mailer.compose(failed_mail(failure, state.own(attempt) or {}))
    if not state.claim_failure_mail(attempt, claim):
        return _earlier_message_id(state, attempt)
    message_id = mailer.send(attempt, claim, message)
    state.record_failure_mail(attempt, claim, message_id)
    return message_id


def _earlier_message_id(state: StateTable, attempt: AttemptId) -> str:
    item = state.own(attempt) or {}
    if "mail_message_id" not in item:
        raise MailUnconfirmed("an earlier try claimed the mail and left no result")
    return str(item["mail_message_id"])
