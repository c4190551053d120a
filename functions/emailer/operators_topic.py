"""The notice of a failed run on the operators' topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.visible_text import visible, visible_lines

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT = "Batch run failed"


@dataclass(frozen=True)
class OperatorsTopic:
    """Publishes notices for the operators."""

    sns: SNSClient
    arn: str

    def notify(self, failure: Mapping[str, Any]) -> None:
        """Publish the failure {run_id, key, error, reason, execution}; raises what SNS answers."""
        self.sns.publish(TopicArn=self.arn, Subject=SUBJECT, Message=failure_text(failure))


def failure_text(failure: Mapping[str, Any]) -> str:
    """Return the text; `execution` is an ARN, whose Region is named.

    The key is a user's, and what it holds can neither begin a line nor hide: only the reason has
    lines of its own, which are indented from the second on.
    """
    execution = failure["execution"]
    region = execution.split(":")[3]
    first, *others = visible_lines(failure["reason"])
    return "\n".join(
        [
            f"Run {failure['run_id']} of {visible(failure['key'])} failed in {region}.",
            f"{visible(failure['error'])}: {first}",
            *(f"  {line}" for line in others),
            execution,
        ]
    )
