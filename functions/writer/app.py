"""Last step of a chunk: its enriched records as CSV."""

from dataclasses import dataclass
from functools import cache
from typing import Any, TypedDict

from aws_lambda_powertools.utilities.typing import LambdaContext

from common import aws, keys
from common.observability import logger
from common.ready import answers_check
from common.settings import load
from writer.enriched_csv import enriched_text

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """Where the enriched chunks go."""

    bucket: str


class Written(TypedDict):
    """The enriched chunk, and what became of the chunk's rows."""

    key: str
    rows_out: int
    rows_rejected: int


@cache
def settings() -> Settings:
    """Read once."""
    return load(Settings)


@logger.inject_lambda_context(log_event=False)
@answers_check(settings)
def handler(event: dict[str, Any], _context: LambdaContext) -> Written:
    """`{run_id, chunk, records}` → `{key, rows_out, rows_rejected}`, or ChunkCorrupt.

    An enriched chunk without rows is an empty object: the merger expects one for each chunk.
    """
    chunk = event["chunk"]
    text, rows_out = enriched_text(chunk, event["records"])
    key = keys.enriched(event["run_id"], chunk["index"])
    S3.put_object(Bucket=settings().bucket, Key=key, Body=text.encode(), ContentType="text/csv")
    logger.info("Written", run_id=event["run_id"], index=chunk["index"], rows_out=rows_out)
    return {"key": key, "rows_out": rows_out, "rows_rejected": chunk["rows"] - rows_out}
