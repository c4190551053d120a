"""First step of a run: cuts the input into chunks and writes their manifest."""

from dataclasses import dataclass
from typing import Any

from common import aws
from common.handler import lambda_handler
from common.observability import count, logger
from splitter.split import SplitResult, Splitter

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """A chunk has at most `chunk_records` records, and `chunk_bytes` bytes of JSON in state.

    A file has at most `max_rows` rows.
    """

    bucket: str
    chunk_records: int
    chunk_bytes: int
    max_rows: int


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> SplitResult:
    """`{attempt_id, key, version_id}` → `{manifest_key, chunks, rows_in, …}`, or InputRefused."""
    splitter = Splitter(
        S3, settings.bucket, settings.chunk_records, settings.chunk_bytes, settings.max_rows
    )
    attempt_id = event["attempt_id"]
    result = splitter.split(attempt_id, event["key"], event["version_id"])
    count("InputFilesSplit")
    logger.info("Split", attempt_id=attempt_id, chunks=result["chunks"], rows_in=result["rows_in"])
    return result
