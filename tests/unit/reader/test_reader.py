"""The reader, from bytes and from S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.records import Chunk
from reader import app
from reader.chunk_records import ChunkCorrupt, chunk_records
from tests.unit.helpers import BUCKET, put_object, set_environment
from tests.unit.samples import RECORD

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

CHUNK: Chunk = {"index": 3, "key": "work/r/chunks/000003.csv", "first_row": 12, "rows": 2}
BODY = (",".join(RECORD.values()) + '\r\na,"b\nc",d\r\n').encode()


def test_records_and_malformed_ones_have_the_shape_of_the_contract() -> None:
    assert chunk_records(CHUNK, BODY) == [
        {"row": 12, "fields": RECORD},
        {
            "row": 13,
            "fields": {},
            "malformed": f"3 fields where {len(RECORD)} are expected",
            "raw": 'a,"b\nc",d',
        },
    ]


def test_a_single_field_is_not_called_fields() -> None:
    (record,) = chunk_records({**CHUNK, "rows": 1}, b'""\r\n')
    assert record["malformed"] == f"1 field where {len(RECORD)} are expected"


@pytest.mark.parametrize("body", [b"", b"a\r\n", b'a\r\n"b', b"a\r\n\xff\r\n", b"a\r\nb\r\nc\r\n"])
def test_bytes_that_are_not_the_chunk_of_the_manifest_are_corrupt(body: bytes) -> None:
    with pytest.raises(ChunkCorrupt, match="chunk 3"):
        chunk_records(CHUNK, body)


def test_the_chunk_is_read_from_its_key(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, BUCKET=BUCKET)
    put_object(s3, CHUNK["key"], BODY)
    response = app.handler({"attempt_id": "r", "chunk": CHUNK}, context)
    assert [record["row"] for record in response["records"]] == [12, 13]
