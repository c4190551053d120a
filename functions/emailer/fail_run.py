"""A run that failed: mark the row first, so that it never stays started; then tell the user."""

from collections.abc import Mapping
from typing import Any

from common.observability import logger
from common.state_table import Owner, StateTable, now
from emailer.error_reason import readable
from emailer.mail_text import failed_mail
from emailer.mailer import MailUnconfirmed, Post


def tell_failure(
    state: StateTable, post: Post, owner: Owner, event: Mapping[str, Any]
) -> str | None:
    """The message id of the notice, also if an earlier try sent it.

    A run that is completed after all, or superseded, gets neither mark nor notice. Raises
    MailUnconfirmed where an earlier mail may or may not have been sent; operators know by SNS.
    """
    failure = {**event, "reason": readable(event["reason"])}
    if not state.fail(event["run_id"], event["error"], failure["reason"], owner):
        return _closed_otherwise(state, event["run_id"])
    return mail_failure(state, post, owner, failure)


def mail_failure(state: StateTable, post: Post, owner: Owner, failure: Mapping[str, Any]) -> str:
    """The notice of a run whose row is marked: {run_id, key, error, reason}. Once."""
    run_id, claim = failure["run_id"], now()
    mail = failed_mail(run_id, failure["key"], failure["error"], failure["reason"])
    if not state.claim_failure_mail(run_id, claim, owner):
        return _told_already(state, run_id)
    message_id = post.send(run_id, claim, mail)
    state.note_failure_mail(run_id, claim, message_id)
    return message_id


def _closed_otherwise(state: StateTable, run_id: str) -> str | None:
    row = state.get(run_id)
    if row is None:
        raise LookupError(f"no row in the state table for run {run_id}")
    logger.warning("Not marked as failed", run_id=run_id, status=row["status"])
    return row.get("mail_message_id")


def _told_already(state: StateTable, run_id: str) -> str:
    row = state.get(run_id) or {}
    if "mail_message_id" not in row:
        raise MailUnconfirmed("an earlier try claimed the mail and left no result")
    return str(row["mail_message_id"])
