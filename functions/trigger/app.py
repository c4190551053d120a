"""Invoked by S3 in both Regions for every new input; starts a run in the active one."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from batch import aws
from batch.observability import logger
from batch.settings import load
from batch.state import StateTable
from trigger.active import active_region
from trigger.inputs import Input, inputs
from trigger.start import Started, start

DYNAMODB = aws.dynamodb()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """What the trigger's template gives it; AWS_REGION is Lambda's own."""

    state_table: str
    orchestrator_arn: str
    active_record: str
    aws_region: str


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> Started:
    """S3 notification → `{"started": [run_id], "skipped": [run_id]}`.

    Every error is raised: Lambda then delivers the event again, and in the end to the queue.
    """
    found = inputs(event)
    if not found:
        return {"started": [], "skipped": []}
    if active_region(settings().active_record) != settings().aws_region:
        return _stand_by(found)
    state = StateTable(DYNAMODB, settings().state_table)
    return start(STEP_FUNCTIONS, state, settings().orchestrator_arn, settings().aws_region, found)


def _stand_by(found: list[Input]) -> Started:
    run_ids = [one.run_id for one in found]
    logger.info("Skipped: this Region is standby", run_ids=run_ids)
    return {"started": [], "skipped": run_ids}
