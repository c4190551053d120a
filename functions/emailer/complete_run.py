"""Publishes a run that completed: claims the mail, sends it, then marks the row COMPLETED."""

from collections.abc import Mapping
from typing import Any

from common.observability import logger
from common.runs import Owner, now
from common.state_table import StateTable
from emailer.download_links import DownloadLinks
from emailer.mail_texts import completed_mail
from emailer.mailer import Mailer, MailUnconfirmed

RESULT = ("rows_in", "rows_out", "rows_rejected", "output_key")


def complete_run(
    state: StateTable, mailer: Mailer, links: DownloadLinks, owner: Owner, event: Mapping[str, Any]
) -> tuple[str | None, bool]:
    """Return the message id, None if superseded; and whether this call has sent the mail.

    A retry finds the mail sent. Raises MailUnconfirmed if an earlier try may have sent it.
    """
    run_id, claim = event["run_id"], now()
    mail = completed_mail(event, links)  # before the claim: if this fails, no mail was sent
    if not state.claim_mail(run_id, claim, owner):
        return _earlier_message_id(state, run_id, owner), False
    message_id = mailer.send(run_id, claim, mail)
    result = {name: event[name] for name in RESULT}
    result |= {"completed_region": owner.region, "mail_message_id": message_id}
    if not state.complete(run_id, claim, result):
        raise MailUnconfirmed("the mail was sent, but its claim was gone: was the row changed?")
    return message_id, True


def _earlier_message_id(state: StateTable, run_id: str, owner: Owner) -> str | None:
    """Return the id of the mail that completed the run; None if the run is superseded."""
    row = state.get_existing(run_id)
    if row["status"] == "COMPLETED":
        return str(row["mail_message_id"])
    if row["status"] == "SUPERSEDED" or owner.is_superseded_by(row):
        logger.warning("Not published: the run is superseded", run_id=run_id)
        return None
    raise MailUnconfirmed("an earlier try claimed the mail and left no result")
