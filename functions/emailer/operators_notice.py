"""The notice of a failed run on the operators' topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT = "Batch run failed"


def failure_text(failure: Mapping[str, Any], region: str, execution: str) -> str:
    """Return the text for {run_id, key, error, reason} and the ARN of the execution."""
    return (
        f"Run {failure['run_id']} of {failure['key']} failed in {region}.\n"
        f"{failure['error']}: {failure['reason']}\n{execution}"
    )


def notify_operators(sns: SNSClient, topic_arn: str, text: str) -> None:
    """Publish the text. An error is only logged: an alarm tells the operators too."""
    try:
        sns.publish(TopicArn=topic_arn, Subject=SUBJECT, Message=text)
    except Exception:  # the user must be told all the same
        logger.exception("The notice to the operators was not published")
