"""Joins the enriched chunks of a run into the output, and its rejected rows into another file."""

from dataclasses import dataclass
from typing import Any

from common import aws
from common.handler import lambda_handler
from common.observability import logger
from merger.merge import Merger, MergeResult

S3 = aws.s3()
DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """The bucket of the chunks, and the table of the rejected rows."""

    bucket: str
    errors_table: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> MergeResult:
    """`{attempt_id, key, manifest_key, rows_in}` → MergeResult, or RowsDoNotAddUp."""
    merger = Merger(S3, DYNAMODB, settings.bucket, settings.errors_table)
    attempt_id = event["attempt_id"]
    result = merger.merge(attempt_id, event["key"], event["manifest_key"], event["rows_in"])
    logger.info(
        "Merged",
        attempt_id=attempt_id,
        rows_out=result["rows_out"],
        rows_rejected=result["rows_rejected"],
    )
    return result
