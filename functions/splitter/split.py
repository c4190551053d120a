"""Streams an input version from S3 into chunk objects and a manifest, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypedDict

from common import keys
from common.csv_header import find_header
from common.csv_lines import lines
from common.csv_rows import rows
from common.file_type import check_file_type
from common.input_refused import InputRefused
from common.parallel import map_in_order
from common.records import INPUT_COLUMNS, Chunk
from common.stored_object import StoredObject
from common.upload import Upload
from splitter.chunking import chunks
from splitter.input_size import check_lines, check_rows, check_size
from splitter.packing import Pack, packs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# What tells whether a file is a CSV file.
BEGINNING_BYTES = 64 * 1024
# Packs that are stored at the same time, and in memory.
PACKS_AHEAD = 4


class SplitResult(TypedDict):
    """The manifest, which names `chunks` chunks that have `rows_in` rows in all.

    `bytes_in` is the size of the input; `notes` are sentences for the user about how it was read.
    """

    manifest_key: str
    chunks: int
    rows_in: int
    bytes_in: int
    notes: list[str]


@dataclass(frozen=True)
class Splitter:
    """Cuts input versions of a bucket into chunks of limited size."""

    s3: S3Client
    bucket: str
    chunk_records: int
    chunk_bytes: int
    max_rows: int

    def split(self, attempt_id: str, key: str, version_id: str) -> SplitResult:
        """Write the chunks and the manifest. A repetition overwrites them with the same bytes.

        The manifest appears last, so it never names a chunk that is missing. Raises InputRefused;
        what was written until then expires with all of work/.
        """
        source = StoredObject(self.s3, self.bucket, key, version_id)
        size = source.size()
        check_size(size)
        input_lines = lines(check_lines(_blocks(source, size)))
        header = find_header(input_lines, INPUT_COLUMNS)
        input_rows = rows(input_lines, header.delimiter, header.line + 1)
        pieces = chunks(input_rows, header.delimiter, self.chunk_records, self.chunk_bytes)
        stored = map_in_order(
            self._store, packs(attempt_id, header.raw, pieces), PACKS_AHEAD, PACKS_AHEAD
        )
        manifest_key = keys.manifest(attempt_id)
        count = rows_in = 0
        with Upload(self.s3, self.bucket, manifest_key, "application/jsonl") as manifest:
            for entry in chain.from_iterable(stored):
                manifest.write(json.dumps(entry).encode() + b"\n")
                count += 1
                rows_in += entry["rows"]
                check_rows(rows_in, self.max_rows)
            if not rows_in:
                raise InputRefused(
                    "The file has a header and no rows.", "Upload a file with at least one row."
                )
            manifest.finish()
        return {
            "manifest_key": manifest_key,
            "chunks": count,
            "rows_in": rows_in,
            "bytes_in": size,
            "notes": list(header.notes),
        }

    def _store(self, pack: Pack) -> list[Chunk]:
        """Write the pack; return its entries of the manifest."""
        self.s3.put_object(Bucket=self.bucket, Key=pack.key, Body=pack.body)
        return pack.chunks


def _blocks(source: StoredObject, size: int) -> Iterator[bytes]:
    """Yield the bytes of the input. Raises InputRefused unless it begins like a CSV file."""
    beginning = source.read(0, min(size, BEGINNING_BYTES)) if size else b""
    check_file_type(beginning)
    yield beginning
    yield from source.ranges(len(beginning), size)
