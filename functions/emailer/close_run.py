"""Closes the run of an execution that ended badly, if it has not done so itself.

Whatever the execution got done before its end is done no second time: events come at least once.
"""

from collections.abc import Callable, Mapping
from typing import Any

from common.observability import logger
from common.state_table import Owner, StateTable
from emailer import operators_notice as operators
from emailer.error_reason import readable
from emailer.execution_end import Ended
from emailer.fail_run import mail_failure
from emailer.mailer import Post

Tell = Callable[[str], None]


def close(state: StateTable, post: Post, tell: Tell, owner: Owner, end: Ended) -> str | None:
    """The message id of the notice; None if this run gets none.

    FAILED with its reason, then the operators by `tell`, then the user: as the run would have done.
    """
    run_id = end.attempt.run_id
    row = state.get(run_id) or {}
    if _closed(row, owner):
        return row.get("mail_message_id")
    error, reason = _why(row, owner, end)
    if not state.fail(run_id, error, reason, owner):
        return None
    logger.warning("Closed for an execution that did not", run_id=run_id, error=error)
    failure = {"run_id": run_id, "key": row["key"], "error": error, "reason": reason}
    tell(operators.message(failure, owner.region, end.execution))
    return None if _uncertain(row) else mail_failure(state, post, owner, failure)


def _closed(row: Mapping[str, Any], owner: Owner) -> bool:
    """By a result, by hand, or by this attempt's own failure path, which ends with a mail.

    An operator may have reopened the row since: it is STARTED, and its notice was mailed.
    """
    if row.get("status") in ("COMPLETED", "SUPERSEDED"):
        return True
    ours = (row.get("region"), row.get("attempt")) == owner
    failed = row.get("status") == "FAILED" and "mail_claimed_at" in row
    return ours and (failed or "mail_message_id" in row)


def _uncertain(row: Mapping[str, Any]) -> bool:
    return "mail_claimed_at" in row and "mail_message_id" not in row


def _why(row: Mapping[str, Any], owner: Owner, end: Ended) -> tuple[str, str]:
    """Error and reason. What the attempt wrote into its row, such as a chunk's, comes first."""
    if _uncertain(row):
        return "MailUnconfirmed", f"The run ended while its mail was on its way ({end.error})."
    if row.get("attempt") == owner.attempt and "error" in row:
        return row["error"], row["reason"]
    return end.error, readable(end.reason)
