"""Closes the run of an execution that ended badly, if it has not done so itself.

Whatever the execution did before its end is not repeated: events come at least once.
"""

from collections.abc import Mapping
from typing import Any

from common.observability import logger
from common.runs import Owner, is_mail_uncertain
from common.state_table import StateTable
from emailer.execution_end import ExecutionEnd
from emailer.fail_run import mail_failure
from emailer.mailer import Mailer
from emailer.operators_topic import OperatorsTopic


def close_run(
    state: StateTable, mailer: Mailer, operators: OperatorsTopic, owner: Owner, end: ExecutionEnd
) -> str | None:
    """Return the message id of the notice; None if this run gets none.

    Does what the run would have done itself: marks the row FAILED with the reason, tells the
    operators, then the user.
    """
    run_id = end.attempt.run_id
    row = state.get(run_id) or {}
    if _is_closed(row, owner):
        return row.get("mail_message_id")
    error, reason = _error_and_reason(row, owner, end)
    if not state.fail(run_id, error, reason, owner):
        return None
    logger.warning("Closed a run whose execution did not", run_id=run_id, error=error)
    failure = {"run_id": run_id, "key": row["key"], "error": error, "reason": reason}
    try:
        operators.notify(failure | {"execution": end.execution})
    except Exception:  # the user must be told all the same, and an alarm tells the operators too
        logger.exception("The operators were not notified", run_id=run_id)
    return None if is_mail_uncertain(row) else mail_failure(state, mailer, owner, failure)


def _is_closed(row: Mapping[str, Any], owner: Owner) -> bool:
    """Tell whether a result, a person, or the failure path of this attempt has closed the run.

    The failure path ends with a mail. If an operator has reopened the row since, it is STARTED
    and has the message id of the notice.
    """
    if row.get("status") in ("COMPLETED", "SUPERSEDED"):
        return True
    is_owned = (row.get("region"), row.get("attempt")) == owner
    is_failed = row.get("status") == "FAILED" and "mail_claimed_at" in row
    return is_owned and (is_failed or "mail_message_id" in row)


def _error_and_reason(row: Mapping[str, Any], owner: Owner, end: ExecutionEnd) -> tuple[str, str]:
    """Prefer what the attempt has written into its row, such as the reason of a chunk."""
    if is_mail_uncertain(row):
        return "MailUnconfirmed", f"The run ended while its mail was being sent ({end.error})."
    if row.get("attempt") == owner.attempt and "error" in row:
        return row["error"], row["reason"]
    return end.error, end.reason
