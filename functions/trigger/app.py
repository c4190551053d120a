"""S3 invokes it in both Regions for every new input: one starts a run, the other notes it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common import aws
from common.active_region import active_region
from common.handler import lambda_handler
from common.observability import logger
from common.runs import InputVersion, arrival_item
from common.state_table import StateTable
from trigger.run_starter import RunStarter, TriggerResult
from trigger.s3_event import input_versions

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """An input is late after `late_seconds`; an arrival is kept for `sweep_hours`.

    Lambda itself gives AWS_REGION.
    """

    state_table: str
    orchestrator_arn: str
    active_record: str
    bucket: str
    late_seconds: int
    sweep_hours: int
    peer_region: str
    aws_region: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> TriggerResult:
    """S3 notification → `{"started": [run_id], "skipped": [run_id]}`.

    Every error is raised: Lambda then delivers the event again, and at last to the queue.
    """
    inputs = input_versions(event)
    if not inputs:
        return {"started": [], "skipped": []}
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    if active_region(settings.active_record) != settings.aws_region:
        return _note_arrivals(state, inputs, settings.sweep_hours)
    starter = RunStarter(
        S3,
        STEP_FUNCTIONS,
        state,
        settings.bucket,
        settings.orchestrator_arn,
        timedelta(seconds=settings.late_seconds),
        settings.sweep_hours,
    )
    return starter.start_all(inputs)


def _note_arrivals(state: StateTable, inputs: list[InputVersion], hours: int) -> TriggerResult:
    """Note each version for the reconciler, unless the active Region has visibly begun its run.

    Its metadata are not read, so copies are among them.
    """
    arrivals = [arrival_item(version, state.region, hours) for version in inputs]
    run_ids_begun = state.begun_elsewhere(arrivals)
    for arrival in arrivals:
        if arrival["run_id"] not in run_ids_begun:
            state.create(arrival)
    run_ids = [arrival["run_id"] for arrival in arrivals]
    logger.info("Skipped: this Region is standby", run_ids=run_ids)
    return {"started": [], "skipped": run_ids}
