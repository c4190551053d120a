"""Tells the operators' topic of a failed run, in the words of the state machine's own path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT = "Batch run failed"


def message(failure: Mapping[str, Any], region: str, execution: str) -> str:
    """As `Tell the operators` of the Main Orchestrator words {run_id, key, error, reason}."""
    return (
        f"Run {failure['run_id']} of {failure['key']} failed in {region}.\n"
        f"{failure['error']}: {failure['reason']}\n{execution}"
    )


def tell_operators(sns: SNSClient, topic: str, text: str) -> None:
    """Goes on if it cannot: an alarm on executions that end badly tells them too."""
    try:
        sns.publish(TopicArn=topic, Subject=SUBJECT, Message=text)
    except Exception:  # the user is to be told all the same
        logger.exception("The operators' topic was not told")
