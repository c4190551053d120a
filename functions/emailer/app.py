"""Last step of a run: mails the result and closes the attempt."""

from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws
from common.activation import Activation, Wait
from common.attempts import AttemptId
from common.handler import lambda_handler
from common.observability import count, logger
from common.state_table import StateTable
from emailer.close_run import close_run
from emailer.complete_run import complete_run
from emailer.download_links import DownloadLinks
from emailer.execution_end import STATUS_CHANGE, execution_end
from emailer.fail_run import fail_run
from emailer.fresh_links import FreshLinks, fresh_links
from emailer.mailer import Mailer
from emailer.operators_topic import OperatorsTopic
from emailer.supersession import Fence

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
SES = aws.ses()
SNS = aws.sns()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """How long links are signed for, and how long a Region's first mails wait: in seconds.

    Lambda itself gives AWS_REGION.
    """

    state_table: str
    active_record: str
    mrap_arn: str
    sender: str
    recipient: str
    link_seconds: int
    fence_seconds: int
    operators_topic_arn: str
    peer_region: str
    aws_region: str


class MailResult(TypedDict):
    """SES's id of the mail, None if none was due; whether the attempt is superseded.

    `wait` is what has to be waited for before the call is repeated with it.
    """

    message_id: str | None
    superseded: bool
    wait: Wait | None


NOT_MAILED: MailResult = {"message_id": None, "superseded": False, "wait": None}
SUPERSEDED: MailResult = {"message_id": None, "superseded": True, "wait": None}


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> MailResult | FreshLinks:
    """Do the `action` of the event: complete_run, fail_run, is_superseded or notify_operators.

    docs/architecture.md lists what each needs. EventBridge's event of an execution that ended badly
    has no action: it closes the attempt, if that did not close itself. `{"link": run_id}` of an
    operator returns fresh links. Raises MailUnconfirmed, NotCompleted, or what SES, SNS, DynamoDB
    or DNS answered.
    """
    if event.get("action") == "notify_operators":
        _operators(settings).notify(event)
        return NOT_MAILED
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    if "link" in event:
        return fresh_links(state, _links(settings), event["link"])
    fence = Fence(state, settings.active_record)
    mailer = Mailer(SES, state, settings.sender, settings.recipient)
    if event.get("detail-type") == STATUS_CHANGE:
        return _close(settings, fence, mailer, event["detail"]["executionArn"])
    return _act(settings, fence, mailer, event)


def _act(settings: Settings, fence: Fence, mailer: Mailer, event: dict[str, Any]) -> MailResult:
    attempt = AttemptId(event["run_id"], event["attempt"])
    if fence.stops(attempt):
        return SUPERSEDED
    if event["action"] == "is_superseded":
        return NOT_MAILED
    if event["action"] == "fail_run":
        message_id = fail_run(fence.state, mailer, attempt, event)
    # An execution from before an update may not know how to wait.
    elif "wait" in event and (wait := _wait(settings, fence, event)):
        return {"message_id": None, "superseded": False, "wait": wait}
    else:
        message_id, is_new = complete_run(fence, mailer, _links(settings), attempt, event)
        if is_new:
            count("FilesProcessed")
    logger.info("Closed", run_id=event["run_id"], action=event["action"], message_id=message_id)
    return {"message_id": message_id, "superseded": message_id is None, "wait": None}


def _wait(settings: Settings, fence: Fence, event: dict[str, Any]) -> Wait | None:
    wait = Activation(fence.state).wait(settings.fence_seconds, event["wait"])
    if wait:
        logger.info("The mail waits for the fence", run_id=event["run_id"], seconds=wait["seconds"])
    return wait


def _close(settings: Settings, fence: Fence, mailer: Mailer, execution: str) -> MailResult:
    end = execution_end(STEP_FUNCTIONS, execution)
    if end is None:
        return NOT_MAILED
    if fence.stops(end.attempt):
        return SUPERSEDED
    message_id = close_run(fence.state, mailer, _operators(settings), end)
    return {"message_id": message_id, "superseded": False, "wait": None}


def _links(settings: Settings) -> DownloadLinks:
    return DownloadLinks(S3, settings.mrap_arn, settings.link_seconds)


def _operators(settings: Settings) -> OperatorsTopic:
    return OperatorsTopic(SNS, settings.operators_topic_arn)
