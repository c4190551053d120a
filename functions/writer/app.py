"""Last step of a chunk: writes its enriched records as CSV."""

from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws, keys
from common.handler import lambda_handler
from common.observability import logger
from writer.enriched_csv import enriched_csv

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """The bucket of the enriched chunks."""

    bucket: str


class WriteResult(TypedDict):
    """The key of the enriched chunk, and how many of its rows were enriched and rejected."""

    key: str
    rows_out: int
    rows_rejected: int


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> WriteResult:
    """`{attempt_id, chunk, records}` → `{key, rows_out, rows_rejected}`, or ChunkCorrupt.

    An enriched chunk without rows is an empty object: the merger expects one for each chunk.
    """
    attempt_id, chunk = event["attempt_id"], event["chunk"]
    text, rows_out = enriched_csv(chunk, event["records"])
    key = keys.enriched(attempt_id, chunk["index"])
    S3.put_object(Bucket=settings.bucket, Key=key, Body=text.encode(), ContentType="text/csv")
    logger.info("Written", attempt_id=attempt_id, index=chunk["index"], rows_out=rows_out)
    return {"key": key, "rows_out": rows_out, "rows_rejected": chunk["rows"] - rows_out}
