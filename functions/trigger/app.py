"""S3 invokes it in both Regions for every new input; it starts a run in the active one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common import aws, keys
from common.active_region import active_region
from common.handler import lambda_handler
from common.observability import logger
from common.state_table import StateTable
from trigger.run_starter import RunStarter, TriggerResult
from trigger.s3_event import InputVersion, input_versions

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
STEP_FUNCTIONS = aws.stepfunctions()


@dataclass(frozen=True)
class Settings:
    """An input is late after `late_seconds`. Lambda itself gives AWS_REGION."""

    state_table: str
    orchestrator_arn: str
    active_record: str
    bucket: str
    late_seconds: int
    aws_region: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> TriggerResult:
    """S3 notification → `{"started": [run_id], "skipped": [run_id]}`.

    Every error is raised: Lambda then delivers the event again, and at last to the queue.
    """
    inputs = input_versions(event)
    if not inputs:
        return {"started": [], "skipped": []}
    if active_region(settings.active_record) != settings.aws_region:
        return _skip(inputs)
    starter = RunStarter(
        S3,
        STEP_FUNCTIONS,
        StateTable(DYNAMODB, settings.state_table),
        settings.bucket,
        settings.orchestrator_arn,
        settings.aws_region,
        timedelta(seconds=settings.late_seconds),
    )
    return starter.start_all(inputs)


def _skip(inputs: list[InputVersion]) -> TriggerResult:
    # By key and version: the standby does not read the metadata.
    run_ids = [keys.run_id(version.key, version.version_id) for version in inputs]
    logger.info("Skipped: this Region is standby", run_ids=run_ids)
    return {"started": [], "skipped": run_ids}
