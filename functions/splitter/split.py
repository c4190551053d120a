"""Streams an input version from S3 into chunk objects and a manifest, in bounded memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from common import keys
from common.records import Chunk
from common.upload import Upload
from splitter.chunking import ChunkBuilder, chunks
from splitter.csv_records import csv_records
from splitter.input_refused import InputRefused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK_BYTES = 64 * 1024


class SplitResult(TypedDict):
    """The manifest, which names `chunks` objects that have `rows_in` rows in all."""

    manifest_key: str
    chunks: int
    rows_in: int


@dataclass(frozen=True)
class Splitter:
    """Cuts input versions of a bucket into chunks of limited size."""

    s3: S3Client
    bucket: str
    chunk_records: int
    chunk_bytes: int
    delimiter: str

    def split(self, attempt_id: str, key: str, version_id: str) -> SplitResult:
        """Write the chunks and the manifest. A repetition overwrites them with the same bytes.

        The manifest appears last, so it never names a chunk that is missing. Raises InputRefused.
        """
        body = self.s3.get_object(Bucket=self.bucket, Key=key, VersionId=version_id)["Body"]
        records = csv_records(body.iter_chunks(BLOCK_BYTES), _delimiter(self.delimiter))
        manifest_key = keys.manifest(attempt_id)
        count = rows = 0
        with Upload(self.s3, self.bucket, manifest_key, "application/jsonl") as manifest:
            for chunk in chunks(records, self.chunk_records, self.chunk_bytes):
                manifest.write(self._store(attempt_id, chunk))
                count += 1
                rows += chunk.rows
            if not rows:
                raise InputRefused("the file has a header and no records")
            manifest.finish()
        return {"manifest_key": manifest_key, "chunks": count, "rows_in": rows}

    def _store(self, attempt_id: str, chunk: ChunkBuilder) -> bytes:
        """Write the chunk; return its line of the manifest."""
        key = keys.chunk(attempt_id, chunk.index)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=chunk.text.encode())
        line: Chunk = {
            "index": chunk.index,
            "key": key,
            "first_row": chunk.first_row,
            "rows": chunk.rows,
        }
        return json.dumps(line).encode() + b"\n"


def _delimiter(setting: str) -> str:
    r"""Return a tab for `\t` and `tab`, since none can be typed into a Makefile."""
    return "\t" if setting in ("\\t", "tab") else setting
