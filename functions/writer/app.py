"""Last step of a chunk: writes its enriched records as CSV."""

from dataclasses import dataclass
from typing import Any, TypedDict

from common import aws, keys
from common.enriched_chunk import join_chunk
from common.handler import lambda_handler
from common.observability import logger
from writer.enriched_csv import enriched_csv

S3 = aws.s3()


@dataclass(frozen=True)
class Settings:
    """The bucket of the enriched chunks; `neutralise_formulas` is 1 or 0."""

    bucket: str
    neutralise_formulas: int


class WriteResult(TypedDict):
    """The key of the enriched chunk, and how many of its rows were enriched and rejected."""

    key: str
    rows_out: int
    rows_rejected: int


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> WriteResult:
    """`{attempt_id, chunk, groups}` → `{key, rows_out, rows_rejected}`, or ChunkCorrupt.

    A group is `{"enriched": [{"row": n, "cells": […]}], "rejected": [n]}`.
    The object says which rows were rejected (common/enriched_chunk.py). The merger expects one for
    each chunk, also if it has no rows.
    """
    attempt_id, chunk = event["attempt_id"], event["chunk"]
    is_neutralised = settings.neutralise_formulas == 1
    enriched = [record for group in event["groups"] for record in group["enriched"]]
    rejected = sorted(row for group in event["groups"] for row in group["rejected"])
    text = enriched_csv(chunk, enriched, rejected, is_neutralised=is_neutralised)
    key = keys.enriched(attempt_id, chunk["index"])
    body = join_chunk(rejected, text)
    S3.put_object(Bucket=settings.bucket, Key=key, Body=body, ContentType="text/csv")
    logger.info("Written", attempt_id=attempt_id, index=chunk["index"], rows_out=len(enriched))
    return {"key": key, "rows_out": len(enriched), "rows_rejected": len(rejected)}
