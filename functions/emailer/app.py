"""Last step of a run: mails the outcome and closes the run's row."""

from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from aws_lambda_powertools.utilities.typing import LambdaContext

from batch import aws
from batch.observability import count, logger
from batch.settings import load
from batch.state import StateTable
from emailer.failure import tell_failure
from emailer.links import Links
from emailer.publish import publish
from emailer.send import Post

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
SES = aws.ses()


@dataclass(frozen=True)
class Settings:
    """`link_seconds` is what links are signed for; AWS_REGION is Lambda's own."""

    state_table: str
    mrap_arn: str
    sender: str
    recipient: str
    link_seconds: int
    aws_region: str


class Sent(TypedDict):
    """SES's id of the mail; None if the run was closed otherwise and no mail is due."""

    message_id: str | None


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> Sent:
    """`{"outcome": "completed", …}` or `{"outcome": "failed", …}` → `{"message_id": "…"}`.

    Raises MailUnconfirmed, or what SES or DynamoDB answered: nothing is swallowed.
    """
    state = StateTable(DYNAMODB, settings().state_table)
    post = Post(SES, state, settings().sender, settings().recipient)
    if event["outcome"] == "failed":
        message_id = tell_failure(state, post, event)
    else:
        links = Links(S3, settings().mrap_arn, settings().link_seconds)
        message_id, fresh = publish(state, post, links, settings().aws_region, event)
        if fresh:
            count("FilesProcessed")
    logger.info("Closed", run_id=event["run_id"], outcome=event["outcome"], message_id=message_id)
    return {"message_id": message_id}
