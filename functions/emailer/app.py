"""Last step of a run: mails the result and closes the row of the run."""

from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws
from common.handler import lambda_handler
from common.observability import count, logger
from common.runs import Owner
from common.state_table import StateTable
from emailer.close_run import close_run
from emailer.complete_run import complete_run
from emailer.download_links import DownloadLinks
from emailer.execution_end import STATUS_CHANGE, execution_end
from emailer.fail_run import fail_run
from emailer.mailer import Mailer
from emailer.operators_topic import OperatorsTopic
from emailer.supersession import is_superseded

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
SES = aws.ses()
SNS = aws.sns()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """`link_seconds` is how long links are signed for. Lambda itself gives AWS_REGION."""

    state_table: str
    active_record: str
    mrap_arn: str
    sender: str
    recipient: str
    link_seconds: int
    operators_topic_arn: str
    aws_region: str


class MailResult(TypedDict):
    """SES's id of the mail, None if none was due; and whether another owner has the run."""

    message_id: str | None
    superseded: bool


NOT_MAILED: MailResult = {"message_id": None, "superseded": False}
SUPERSEDED: MailResult = {"message_id": None, "superseded": True}


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> MailResult:
    """Do the `action` of the event: complete_run, fail_run, is_superseded or notify_operators.

    docs/architecture.md lists what each needs. EventBridge's event of an execution that ended badly
    has no action: it closes the run, if that did not close itself.
    Raises MailUnconfirmed, or what SES, SNS, DynamoDB or DNS answered.
    """
    if event.get("action") == "notify_operators":
        _operators(settings).notify(event)
        return NOT_MAILED
    state = StateTable(DYNAMODB, settings.state_table)
    mailer = Mailer(SES, state, settings.sender, settings.recipient)
    if event.get("detail-type") == STATUS_CHANGE:
        return _close(settings, state, mailer, event["detail"]["executionArn"])
    owner = Owner(settings.aws_region, event["attempt"])
    if is_superseded(state, settings.active_record, event["run_id"], owner):
        return SUPERSEDED
    if event["action"] == "is_superseded":
        return NOT_MAILED
    if event["action"] == "fail_run":
        message_id = fail_run(state, mailer, owner, event)
    else:
        message_id = _complete(settings, state, mailer, owner, event)
    logger.info("Closed", run_id=event["run_id"], action=event["action"], message_id=message_id)
    return {"message_id": message_id, "superseded": message_id is None}


def _complete(
    settings: Settings, state: StateTable, mailer: Mailer, owner: Owner, event: dict[str, Any]
) -> str | None:
    links = DownloadLinks(S3, settings.mrap_arn, settings.link_seconds)
    message_id, is_new = complete_run(state, mailer, links, owner, event)
    if is_new:
        count("FilesProcessed")
    return message_id


def _close(settings: Settings, state: StateTable, mailer: Mailer, execution: str) -> MailResult:
    end = execution_end(STEP_FUNCTIONS, execution)
    if end is None:
        return NOT_MAILED
    owner = Owner(settings.aws_region, end.attempt.number)
    if is_superseded(state, settings.active_record, end.attempt.run_id, owner):
        return SUPERSEDED
    message_id = close_run(state, mailer, _operators(settings), owner, end)
    return {"message_id": message_id, "superseded": False}


def _operators(settings: Settings) -> OperatorsTopic:
    return OperatorsTopic(SNS, settings.operators_topic_arn)
