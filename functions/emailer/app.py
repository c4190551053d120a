"""Last step of a run: mails the outcome and closes the run's row."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypedDict

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws
from common.observability import count, logger
from common.ready import answers_check
from common.settings import load
from common.state_table import Owner, StateTable
from emailer.close_run import close
from emailer.complete_run import publish
from emailer.execution_end import STATUS_CHANGE, ended
from emailer.fail_run import tell_failure
from emailer.links import Links
from emailer.mailer import Post
from emailer.operators_notice import tell_operators
from emailer.supersession import superseded

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
SES = aws.ses()
SNS = aws.sns()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """`link_seconds` is what links are signed for; AWS_REGION is Lambda's own."""

    state_table: str
    active_record: str
    mrap_arn: str
    sender: str
    recipient: str
    link_seconds: int
    operators_topic_arn: str
    aws_region: str


class Sent(TypedDict):
    """SES's id of the mail, None if none was due; and whether the run is another's by now."""

    message_id: str | None
    superseded: bool


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Sent:
    """`{"outcome": "completed", …}` or `{"outcome": "failed", …}` → `{"message_id", "superseded"}`.

    `{"outcome": "asked", run_id, attempt}` only says whether the run is superseded. EventBridge's
    event of an execution that ended badly closes its run, if that did not close itself.
    Raises MailUnconfirmed, or what SES, DynamoDB or DNS answered: nothing is swallowed.
    """
    state = StateTable(DYNAMODB, settings().state_table)
    if event.get("detail-type") == STATUS_CHANGE:
        return _close(state, event["detail"]["executionArn"])
    owner = Owner(settings().aws_region, event["attempt"])
    if superseded(state, settings().active_record, event["run_id"], owner):
        return {"message_id": None, "superseded": True}
    if event["outcome"] == "asked":
        return {"message_id": None, "superseded": False}
    message_id = _mail(state, owner, event)
    logger.info("Closed", run_id=event["run_id"], outcome=event["outcome"], message_id=message_id)
    return {"message_id": message_id, "superseded": message_id is None}


def _mail(state: StateTable, owner: Owner, event: dict[str, Any]) -> str | None:
    if event["outcome"] == "failed":
        return tell_failure(state, _post(state), owner, event)
    links = Links(S3, settings().mrap_arn, settings().link_seconds)
    message_id, fresh = publish(state, _post(state), links, owner, event)
    if fresh:
        count("FilesProcessed")
    return message_id


def _close(state: StateTable, execution: str) -> Sent:
    end = ended(STEP_FUNCTIONS, execution)
    if end is None:
        return {"message_id": None, "superseded": False}
    owner = Owner(settings().aws_region, end.attempt.number)
    if superseded(state, settings().active_record, end.attempt.run_id, owner):
        return {"message_id": None, "superseded": True}
    tell = partial(tell_operators, SNS, settings().operators_topic_arn)
    return {"message_id": close(state, _post(state), tell, owner, end), "superseded": False}


def _post(state: StateTable) -> Post:
    return Post(SES, state, settings().sender, settings().recipient)
