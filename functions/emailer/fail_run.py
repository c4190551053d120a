"""Marks a run FAILED, so that its row never stays STARTED, and then tells the user."""

from collections.abc import Mapping
from typing import Any

from common.observability import logger
from common.runs import Owner, now
from common.state_table import StateTable
from emailer.mail_texts import failed_mail
from emailer.mailer import Mailer, MailUnconfirmed


def fail_run(
    state: StateTable, mailer: Mailer, owner: Owner, event: Mapping[str, Any]
) -> str | None:
    """Return the message id of the notice, also if an earlier try has sent it.

    A run that completed after all, or is superseded, gets neither mark nor notice. Raises
    MailUnconfirmed if an earlier mail may have been sent; the operators know by then.
    """
    run_id = event["run_id"]
    if state.fail(run_id, event["error"], event["reason"], owner):
        return mail_failure(state, mailer, owner, event)
    row = state.get_existing(run_id)
    logger.warning("Not marked as failed", run_id=run_id, status=row["status"])
    return row.get("mail_message_id")


def mail_failure(
    state: StateTable, mailer: Mailer, owner: Owner, failure: Mapping[str, Any]
) -> str:
    """Send the notice of a run that is marked FAILED, once; return its message id.

    `failure` is {run_id, key, error, reason}.
    """
    run_id, claim = failure["run_id"], now()
    mail = failed_mail(run_id, failure["key"], failure["error"], failure["reason"])
    if not state.claim_failure_mail(run_id, claim, owner):
        return _earlier_message_id(state, run_id)
    message_id = mailer.send(run_id, claim, mail)
    state.record_failure_mail(run_id, claim, message_id)
    return message_id


def _earlier_message_id(state: StateTable, run_id: str) -> str:
    row = state.get(run_id) or {}
    if "mail_message_id" not in row:
        raise MailUnconfirmed("an earlier try claimed the mail and left no result")
    return str(row["mail_message_id"])
