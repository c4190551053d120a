"""Joins the enriched chunks of a run into the output, and its rejected rows into another file."""

import time
from dataclasses import dataclass
from typing import Any

from common import aws
from common.handler import lambda_handler
from common.observability import logger
from merger.merge import Merger, MergeResult, SplitInput, Unfinished

S3 = aws.s3()
DYNAMODB = aws.dynamodb()


@dataclass(frozen=True)
class Settings:
    """The bucket of the chunks, the table of the rejected rows, and how long a call merges."""

    bucket: str
    errors_table: str
    budget_seconds: int


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> MergeResult | Unfinished:
    """`{attempt_id, key, manifest_key, rows_in, checkpoint}` → MergeResult, or RowsDoNotAddUp.

    `{checkpoint}` if the time was up: then the call has to be repeated with that checkpoint, which
    is null in the first call.
    """
    deadline = time.monotonic() + settings.budget_seconds
    merger = Merger(S3, DYNAMODB, settings.bucket, settings.errors_table)
    source = SplitInput(*(event[name] for name in SplitInput._fields))
    result = merger.merge(source, event.get("checkpoint"), lambda: time.monotonic() >= deadline)
    if "checkpoint" in result:
        logger.info("Merged in part", attempt_id=source.attempt_id, checkpoint=result["checkpoint"])
    else:
        logger.info(
            "Merged",
            attempt_id=source.attempt_id,
            rows_out=result["rows_out"],
            rows_rejected=result["rows_rejected"],
        )
    return result
