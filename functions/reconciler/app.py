"""Called by the runbook twice: hands every unfinished file to this Region, and reports."""

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws
from common.active_region import active_region
from common.observability import count, logger
from common.ready import answers_check
from common.settings import load
from common.state_table import StateTable
from reconciler.executions import Executions
from reconciler.input_bucket import Bucket
from reconciler.reconciliation import reconcile
from reconciler.report import Report, Summary, tell_operators
from reconciler.takeover import HandOver

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
STEP_FUNCTIONS = aws.stepfunctions()
SNS = aws.sns()


class NotActive(Exception):
    """DNS names another Region: the failover did not happen, so nothing may be handed over."""


class NotReconciled(Exception):
    """The last pass left files behind. Run again: it goes on where it stopped."""


@dataclass(frozen=True)
class Settings:
    """Times in seconds, look-backs in hours; AWS_REGION is Lambda's own."""

    state_table: str
    bucket: str
    orchestrator_arn: str
    operators_topic_arn: str
    active_record: str
    aws_region: str
    # An automation step waits 300 s for a function at most.
    budget_seconds: int = 230
    # So long a row of this Region may wait for its execution.
    grace_seconds: int = 120
    failed_hours: int = 48
    sweep_hours: int = 168


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Summary:
    """`{"pass": "first" | "last"}` → reconciler.report.Summary; `{"pass": "look"}` changes nothing.

    Raises NotActive, and after the last pass NotReconciled if a file could not be handed over.
    """
    given, kind = settings(), event.get("pass", "look")
    active = active_region(given.active_record)
    report = Report(given.aws_region, active, kind)
    if kind == "look":
        return report.summary()
    if active != given.aws_region:
        raise NotActive(f"the active Region is {active}, not {given.aws_region}")
    state = StateTable(DYNAMODB, given.state_table)
    bucket = Bucket(S3, given.bucket)
    executions = Executions(STEP_FUNCTIONS, given.orchestrator_arn)
    hand_over = HandOver(state, bucket, executions, given.aws_region, given.grace_seconds, report)
    deadline = time.monotonic() + given.budget_seconds
    reconcile(hand_over, state, bucket, given.failed_hours, given.sweep_hours, deadline)
    return _close(report, last=kind == "last")


def _close(report: Report, *, last: bool) -> Summary:
    summary = report.summary()
    logger.info("Reconciled", **summary)
    if summary["requeued"]:
        count("FilesReconciled", summary["requeued"])
    if last:
        # In the first pass an object may simply not have replicated yet.
        count("FilesNotReconciled", summary["missing"] + summary["uncertain"] + summary["errors"])
    tell_operators(SNS, settings().operators_topic_arn, summary)
    if last and (summary["errors"] or not summary["complete"]):
        raise NotReconciled(f"{summary['errors']} errors; complete: {summary['complete']}")
    return summary
