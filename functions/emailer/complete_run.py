"""A run that ended well: claim the mail, send it, then mark the row completed. In this order."""

from collections.abc import Mapping
from typing import Any

from common.attempts import is_later
from common.observability import logger
from common.state_table import Owner, StateTable, now
from emailer.links import Links
from emailer.mail_text import completed_mail
from emailer.mailer import MailUnconfirmed, Post


def publish(
    state: StateTable, post: Post, links: Links, owner: Owner, event: Mapping[str, Any]
) -> tuple[str | None, bool]:
    """The message id, and whether this call sent the mail; a retry finds it sent.

    Raises MailUnconfirmed where an earlier try may or may not have sent it.
    """
    run_id, claim = event["run_id"], now()
    mail = completed_mail(event, links)  # before the claim: what fails here was never sent
    if not state.claim_mail(run_id, claim, owner):
        return _already_closed(state, run_id, owner), False
    message_id = post.send(run_id, claim, mail)
    if not state.complete(run_id, claim, _result(event, owner.region, message_id)):
        raise MailUnconfirmed("the mail was sent, but its claim was gone: was the row changed?")
    return message_id, True


def _result(event: Mapping[str, Any], region: str, message_id: str) -> dict[str, Any]:
    kept = ("rows_in", "rows_out", "rows_rejected", "output_key")
    result = {name: event[name] for name in kept}
    return result | {"completed_region": region, "mail_message_id": message_id}


def _already_closed(state: StateTable, run_id: str, owner: Owner) -> str | None:
    row = state.get(run_id)
    if row is None:
        raise LookupError(f"no row in the state table for run {run_id}")
    if row["status"] == "COMPLETED":
        return str(row["mail_message_id"])
    if row["status"] == "SUPERSEDED" or is_later(row, owner.region, owner.attempt):
        logger.warning("Not published: the run is superseded", run_id=run_id)
        return None
    raise MailUnconfirmed("an earlier try claimed the mail and left no result")
