"""Streams enriched chunks and rejected rows into two objects, which appear only if counts agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypedDict, final

from botocore.exceptions import ClientError

from common import keys
from common.csv_text import count_rows, format_row
from common.enriched_chunk import split_chunk
from common.parallel import map_in_order
from common.records import OUTPUT_COLUMNS
from common.stored_object import StoredObject
from common.upload import Upload
from merger.checkpoint import Checkpoint
from merger.manifest import Entry, entries
from merger.rejected_rows import HEADER, rejected_rows

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# At 25 ms a request, 32 make 1,280 requests a second, for which boto3 takes more than a core.
READERS = 32
CHUNKS_AHEAD, CHUNKS_IN_BATCH = 320, 8
# A call that died had completed the upload, or the bucket's lifecycle has aborted it; or a call
# that Step Functions no longer waits for has read a chunk's other version, and replaced a part.
UPLOAD_IS_LOST = ("NoSuchUpload", "InvalidPart")


class RowsDoNotAddUp(Exception):
    """rows in ≠ rows out + rows rejected. Permanent: nothing is published."""


@final
class MergeResult(TypedDict):
    """The two objects; key and version of the rejects are None if no row was rejected."""

    output_key: str
    output_version_id: str
    bytes_out: int
    rows_out: int
    rows_rejected: int
    rejects_key: str | None
    rejects_version_id: str | None


@final
class Unfinished(TypedDict):
    """The time was up; the next call goes on at the checkpoint."""

    checkpoint: str


class SplitInput(NamedTuple):
    """What is merged: the chunks of an attempt at the input `key`, which has `rows_in` rows."""

    attempt_id: str
    key: str
    manifest_key: str
    rows_in: int


class EnrichedChunk(NamedTuple):
    """The rows and the rejects of a chunk, and the place of the next one in the manifest."""

    rows: bytes
    rows_out: int
    rejects: bytes
    rows_rejected: int
    next_entry: int


@dataclass(frozen=True)
class Merger:
    """Merges the chunks of a bucket and the rejected rows of a table."""

    s3: S3Client
    dynamodb: DynamoDBClient
    bucket: str
    errors_table: str

    def merge(
        self, source: SplitInput, checkpoint_key: str | None, is_time_up: Callable[[], bool]
    ) -> MergeResult | Unfinished:
        """Join the chunks that the manifest names, in its order, until the time is up.

        The bucket is never listed, so neither pages nor objects of an earlier try matter. Memory
        holds the chunks that are read ahead and one part of each upload. A call that died may be
        repeated from its checkpoint. Raises RowsDoNotAddUp.
        """
        if not checkpoint_key:
            return self._go_on(source, Checkpoint(), is_time_up)
        stored = StoredObject(self.s3, self.bucket, checkpoint_key).read_all()
        try:
            return self._go_on(source, Checkpoint.from_bytes(stored), is_time_up)
        except ClientError as error:
            if error.response["Error"]["Code"] not in UPLOAD_IS_LOST:
                raise
            return self._go_on(source, Checkpoint(), is_time_up)

    def _go_on(
        self, source: SplitInput, progress: Checkpoint, is_time_up: Callable[[], bool]
    ) -> MergeResult | Unfinished:
        output_key = keys.output(source.attempt_id, source.key)
        rejects_key = keys.rejects(source.attempt_id, source.key)
        with (
            Upload(self.s3, self.bucket, output_key, state=progress.output) as output,
            Upload(self.s3, self.bucket, rejects_key, state=progress.rejects) as rejects,
        ):
            if not self._write(source, progress, output, rejects, is_time_up):
                progress.output, progress.rejects = output.suspend(), rejects.suspend()
                return self._save(source.attempt_id, progress)
            if source.rows_in != progress.rows_out + progress.rows_rejected:
                raise RowsDoNotAddUp(
                    f"{source.rows_in} rows in, but {progress.rows_out} rows out and "
                    f"{progress.rows_rejected} rejected"
                )
            return {
                "rejects_key": rejects_key if progress.rows_rejected else None,
                "rejects_version_id": rejects.finish() if progress.rows_rejected else None,
                "output_key": output_key,
                "output_version_id": output.finish(),
                "bytes_out": output.size,
                "rows_out": progress.rows_out,
                "rows_rejected": progress.rows_rejected,
            }

    def _write(
        self,
        source: SplitInput,
        progress: Checkpoint,
        output: Upload,
        rejects: Upload,
        is_time_up: Callable[[], bool],
    ) -> bool:
        """Write headers, chunks, and the rejects of the rows that the chunks leave out.

        `progress` counts the rows of the chunks' bytes, and the rejects. Return False if the time
        was up; then at least one chunk was written.
        """
        if not progress.number:
            output.write(format_row(OUTPUT_COLUMNS).encode())
            rejects.write(format_row(HEADER).encode())
        manifest = StoredObject(self.s3, self.bucket, source.manifest_key)
        remaining = entries(manifest, progress.next_entry)
        read = partial(self._read, source.attempt_id)
        for chunk in map_in_order(read, remaining, READERS, CHUNKS_AHEAD, CHUNKS_IN_BATCH):
            output.write(chunk.rows)
            rejects.write(chunk.rejects)
            progress.rows_out += chunk.rows_out
            progress.rows_rejected += chunk.rows_rejected
            progress.next_entry = chunk.next_entry
            if is_time_up():
                return False
        return True

    def _read(self, attempt_id: str, entry: Entry) -> EnrichedChunk:
        """Read what the writer has stored of a chunk, and its rejects, if it has any."""
        key = keys.enriched(attempt_id, entry.chunk)
        numbers, rows = split_chunk(StoredObject(self.s3, self.bucket, key).read_all())
        rejects = self._rejects(keys.rejects_of_chunk(attempt_id, entry.chunk), numbers)
        return EnrichedChunk(
            rows, count_rows(rows), "".join(rejects).encode(), len(rejects), entry.next_entry
        )

    def _rejects(self, chunk_key: str, numbers: list[int]) -> list[str]:
        if not numbers:
            return []
        return list(rejected_rows(self.dynamodb, self.errors_table, chunk_key, numbers))

    def _save(self, attempt_id: str, progress: Checkpoint) -> Unfinished:
        progress.number += 1
        key = keys.checkpoint(attempt_id, progress.number)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=progress.to_bytes())
        return {"checkpoint": key}
