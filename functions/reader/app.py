"""First step of a chunk: returns its records as JSON."""

from dataclasses import dataclass
from typing import Any

from common import aws
from common.handler import lambda_handler
from common.observability import logger
from common.records import Chunk, Record
from common.stored_object import RangeMissing, StoredObject
from reader.chunk_records import ChunkCorrupt, chunk_records

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """The bucket of the chunks."""

    bucket: str


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> dict[str, list[Record]]:
    """`{attempt_id, chunk}` → `{"records": […]}`, or ChunkCorrupt."""
    chunk = event["chunk"]
    records = chunk_records(chunk, _read(chunk, settings.bucket))
    logger.info("Read", attempt_id=event["attempt_id"], index=chunk["index"], rows=len(records))
    return {"records": records}


def _read(chunk: Chunk, bucket: str) -> bytes:
    try:
        return StoredObject(S3, bucket, chunk["key"]).read(chunk["offset"], chunk["size"])
    except RangeMissing as error:
        raise ChunkCorrupt(f"chunk {chunk['index']}: {error}") from None
