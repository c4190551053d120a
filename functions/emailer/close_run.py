"""Closes the attempt of an execution that ended badly, if it has not done so itself.

Whatever the execution did before its end is not repeated: events come at least once.
"""

from collections.abc import Mapping
from typing import Any

from common.observability import logger
from common.run_state import COMPLETED, FAILED, SUPERSEDED
from common.runs import is_mail_uncertain
from common.state_table import StateTable
from emailer.execution_end import ExecutionEnd
from emailer.fail_run import mail_failure
from emailer.mailer import Mailer
from emailer.operators_topic import OperatorsTopic


def close_run(
    state: StateTable, mailer: Mailer, operators: OperatorsTopic, end: ExecutionEnd
) -> str | None:
    """Return the message id of the notice; None if this attempt gets none.

    Does what the execution would have done itself: marks the item FAILED with the reason, tells the
    operators, then the user.
    """
    run_id = end.attempt.run_id
    item = state.own_existing(end.attempt)
    if _is_closed(item):
        return item.get("mail_message_id")
    error, reason = _error_and_reason(item, end)
    if not state.fail(end.attempt, error, reason):
        return None
    logger.warning("Closed a run whose execution did not", run_id=run_id, error=error)
    failure = {"run_id": run_id, "key": item["key"], "error": error, "reason": reason}
    try:
        operators.notify(failure | {"execution": end.execution})
    except Exception:  # the user must be told all the same, and an alarm tells the operators too
        logger.exception("The operators were not notified", run_id=run_id)
    return None if is_mail_uncertain(item) else mail_failure(state, mailer, end.attempt, failure)


def _is_closed(item: Mapping[str, Any]) -> bool:
    """Tell whether a result, the fence, or the failure path of the attempt has closed it.

    The failure path ends with a mail.
    """
    has_ended = item["status"] in (COMPLETED, SUPERSEDED) or "mail_message_id" in item
    return has_ended or (item["status"] == FAILED and "mail_claim" in item)


def _error_and_reason(item: Mapping[str, Any], end: ExecutionEnd) -> tuple[str, str]:
    """Prefer what the attempt has written into its item, such as the reason of a chunk."""
    if is_mail_uncertain(item):
        return "MailUnconfirmed", f"The run ended while its mail was being sent ({end.error})."
    if "error" in item:
        return item["error"], item["reason"]
    return end.error, end.reason
