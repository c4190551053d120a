"""Streams an input version from S3 into chunk objects and a manifest, in bounded memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol, TypedDict

from common import keys
from common.records import Chunk
from common.upload import Upload
from splitter.chunking import Piece, chunks
from splitter.csv_records import records
from splitter.input_refused import InputRefused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK_BYTES = 64 * 1024


class Limits(Protocol):
    """The settings that splitting needs."""

    @property
    def bucket(self) -> str: ...
    @property
    def chunk_records(self) -> int: ...
    @property
    def chunk_bytes(self) -> int: ...
    @property
    def delimiter(self) -> str: ...


class Split(TypedDict):
    """What the splitter made: `chunks` objects with `rows_in` rows in all."""

    manifest_key: str
    chunks: int
    rows_in: int


def split(s3: S3Client, settings: Limits, run_id: str, key: str, version_id: str) -> Split:
    """Cut the input. Doing it again overwrites every object with the same bytes.

    The manifest appears last, so it never names a chunk that is not there. Raises InputRefused.
    """
    body = s3.get_object(Bucket=settings.bucket, Key=key, VersionId=version_id)["Body"]
    rows = records(body.iter_chunks(BLOCK_BYTES), _delimiter(settings.delimiter))
    result: Split = {"manifest_key": keys.manifest(run_id), "chunks": 0, "rows_in": 0}
    with Upload(s3, settings.bucket, result["manifest_key"], "application/jsonl") as manifest:
        for piece in chunks(rows, settings.chunk_records, settings.chunk_bytes):
            manifest.write(_store(s3, settings.bucket, run_id, piece))
            result["chunks"] += 1
            result["rows_in"] += piece.rows
        if not result["rows_in"]:
            raise InputRefused("the file has a header and no records")
        manifest.finish()
    return result


def _store(s3: S3Client, bucket: str, run_id: str, piece: Piece) -> bytes:
    """Write the chunk; returns its line of the manifest."""
    key = keys.chunk(run_id, piece.index)
    s3.put_object(Bucket=bucket, Key=key, Body=piece.text.encode())
    chunk: Chunk = {
        "index": piece.index,
        "key": key,
        "first_row": piece.first_row,
        "rows": piece.rows,
    }
    return json.dumps(chunk).encode() + b"\n"


def _delimiter(setting: str) -> str:
    r"""A tab cannot be typed into a Makefile, so `\t` and `tab` mean one."""
    return "\t" if setting in ("\\t", "tab") else setting
