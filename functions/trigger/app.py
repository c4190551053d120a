"""Invoked by S3 in both Regions for every new input; starts a run in the active one."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws, keys
from common.active_region import active_region
from common.observability import logger
from common.ready import answers_check
from common.settings import load
from common.state_table import StateTable
from trigger.run_starter import Started, Starter
from trigger.s3_event import Input, inputs

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """What the trigger's template gives it; AWS_REGION is Lambda's own."""

    state_table: str
    orchestrator_arn: str
    active_record: str
    bucket: str
    aws_region: str
    # Less than the runbook waits for replication, by more than DNS goes on to name the old Region.
    late_seconds: int = 600


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Started:
    """S3 notification → `{"started": [run_id], "skipped": [run_id]}`.

    Every error is raised: Lambda then delivers the event again, and in the end to the queue.
    """
    found = inputs(event)
    if not found:
        return {"started": [], "skipped": []}
    if active_region(settings().active_record) != settings().aws_region:
        return _stand_by(found)
    given = settings()
    state = StateTable(DYNAMODB, given.state_table)
    late = timedelta(seconds=given.late_seconds)
    starter = Starter(S3, given.bucket, STEP_FUNCTIONS, given.orchestrator_arn, state, late)
    return starter.start(given.aws_region, found)


def _stand_by(found: list[Input]) -> Started:
    # By key and version: of what the metadata may say, this Region need not know.
    run_ids = [keys.run_id(one.key, one.version_id) for one in found]
    logger.info("Skipped: this Region is standby", run_ids=run_ids)
    return {"started": [], "skipped": run_ids}
