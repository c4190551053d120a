"""The runbook calls it twice: hands every unfinished file to this Region, and reports.

Operators call it for one run: `make retry`, `make give-up`.
"""

import time
from dataclasses import dataclass
from typing import Any

from common import aws
from common.active_region import active_region
from common.handler import lambda_handler
from common.observability import count, logger
from common.runbook_steps import record_done
from common.state_table import StateTable
from reconciler.executions import running_executions
from reconciler.input_bucket import InputBucket
from reconciler.operator_commands import CommandResult, give_up, retry
from reconciler.progress import Progress
from reconciler.reconciliation import reconcile
from reconciler.report import FOR_PEOPLE, Report, Summary, publish_summary
from reconciler.takeover import Takeover

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
S3_WITHOUT_RETRIES = aws.s3_without_retries()
STEP_FUNCTIONS = aws.stepfunctions()
SNS = aws.sns()

COMMANDS = {"retry": retry, "give_up": give_up}


class NotActive(Exception):
    """DNS names another Region: there was no failover, so no file may be handed over."""


class NotReconciled(Exception):
    """The last pass left files behind, or its time was up: then the next call goes on there."""


@dataclass(frozen=True)
class Settings:
    """Durations, in the units that their names say. Lambda itself gives AWS_REGION."""

    state_table: str
    bucket: str
    orchestrator_arn: str
    operators_topic_arn: str
    active_record: str
    budget_seconds: int
    grace_seconds: int
    failed_hours: int
    sweep_hours: int
    peer_region: str
    aws_region: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> Summary | CommandResult:
    """`{"pass": "first" | "last", "runbook": execution}` → reconciler.report.Summary.

    `{"retry": run_id}` and `{"give_up": run_id}` → CommandResult, or UnknownRun. Raises NotActive,
    and after the last pass NotReconciled if a file could not be handed over.
    """
    deadline = time.monotonic() + settings.budget_seconds
    kind = event.get("pass", "look")
    command = next((name for name in COMMANDS if name in event), None)
    active = active_region(settings.active_record)
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    report = Report(settings.aws_region, active, kind)
    if kind == "look" and not command:
        return report.summary()
    if active != settings.aws_region:
        raise NotActive(f"the active Region is {active}, not {settings.aws_region}")
    takeover = Takeover(
        state,
        InputBucket(S3, settings.bucket, S3_WITHOUT_RETRIES),
        running_executions(STEP_FUNCTIONS, settings.orchestrator_arn),
        settings.grace_seconds,
        report,
    )
    if command:
        return COMMANDS[command](takeover, event[command])
    progress = Progress.of_call(state, kind, event.get("runbook", ""), report)
    reconcile(takeover, settings.failed_hours, settings.sweep_hours, progress, deadline)
    summary = _publish(report, settings.operators_topic_arn, is_last=kind == "last")
    if kind == "last":
        record_done(state, "ReconcileLast", event)
    return summary


def _publish(report: Report, topic_arn: str, *, is_last: bool) -> Summary:
    summary = report.summary()
    logger.info("Reconciled", **summary)
    if requeued := report.count("requeued"):
        count("FilesReconciled", requeued)
    if is_last:
        # In the first pass an object may simply not have replicated yet.
        count("FilesNotReconciled", report.count("errors", *FOR_PEOPLE))
    publish_summary(SNS, topic_arn, summary)
    if is_last and (summary["errors"] or not summary["complete"]):
        raise NotReconciled(f"{summary['errors']} errors; complete: {summary['complete']}")
    return summary
