"""First step of a chunk: its records as JSON."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws
from common.observability import logger
from common.ready import answers_check
from common.records import Record
from common.settings import load
from reader.chunk_records import read

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """Where the chunks lie."""

    bucket: str


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, list[Record]]:
    """`{run_id, chunk}` → `{"records": […]}`, or ChunkCorrupt."""
    chunk = event["chunk"]
    body = S3.get_object(Bucket=settings().bucket, Key=chunk["key"])["Body"].read()
    records = read(chunk, body)
    logger.info("Read", run_id=event["run_id"], index=chunk["index"], rows=len(records))
    return {"records": records}
