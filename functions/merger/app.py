"""Joins a run's enriched chunks into the output, and its rejects into a file beside it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws
from common.observability import logger
from common.ready import answers_check
from common.settings import load
from merger.merge import Merged, merge

S3 = aws.s3()
DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """Where chunks and rejects lie."""

    bucket: str
    errors_table: str


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Merged:
    """`{run_id, key, manifest_key, rows_in}` → merger.merge.Merged, or RowsDoNotAddUp."""
    result = merge(
        S3,
        DYNAMODB,
        settings(),
        event["run_id"],
        event["key"],
        event["manifest_key"],
        event["rows_in"],
    )
    rows_out, rows_rejected = result["rows_out"], result["rows_rejected"]
    logger.info("Merged", run_id=event["run_id"], rows_out=rows_out, rows_rejected=rows_rejected)
    return result
