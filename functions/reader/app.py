"""First step of a chunk: returns its records as JSON."""

from dataclasses import dataclass
from typing import Any

from common import aws
from common.handler import lambda_handler
from common.observability import logger
from common.records import Record
from reader.chunk_records import chunk_records

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """The bucket of the chunks."""

    bucket: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> dict[str, list[Record]]:
    """`{attempt_id, chunk}` → `{"records": […]}`, or ChunkCorrupt."""
    chunk = event["chunk"]
    body = S3.get_object(Bucket=settings.bucket, Key=chunk["key"])["Body"].read()
    records = chunk_records(chunk, body)
    logger.info("Read", attempt_id=event["attempt_id"], index=chunk["index"], rows=len(records))
    return {"records": records}
