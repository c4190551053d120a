"""The writer, from records and to S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common.csv_text import rows
from common.records import OUTPUT_COLUMNS, Chunk
from tests.unit.support import ADDED, BUCKET, GOOD, body_of, given
from writer import app
from writer.enriched_csv import ChunkCorrupt, enriched_text

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

CHUNK: Chunk = {"index": 4, "key": "work/r/chunks/000004.csv", "first_row": 11, "rows": 3}
FIELDS = GOOD | ADDED


def enriched(row: int, **changes: Any) -> dict[str, Any]:
    return {"row": row, "fields": FIELDS | changes}


def rejected(row: int) -> dict[str, Any]:
    return {"row": row, "rejected": True}


def test_rows_are_fourteen_columns_in_output_order_whatever_the_order_of_the_fields() -> None:
    backwards = {"row": 11, "fields": dict(reversed(FIELDS.items()))}
    text, count = enriched_text({**CHUNK, "rows": 1}, [backwards])
    assert list(rows(text)) == [[FIELDS[name] for name in OUTPUT_COLUMNS]]
    assert count == 1


def test_rejected_rows_are_left_out_and_the_others_keep_their_order() -> None:
    records = [enriched(11, Country="A"), rejected(12), enriched(13, Country='B, "C"')]
    text, count = enriched_text(CHUNK, records)
    assert [row[1] for row in rows(text)] == ["A", 'B, "C"']
    assert count == 2


@pytest.mark.parametrize("numbers", [[], [11, 12], [11, 13, 12], [11, 11, 12], [1, 2, 3]])
def test_records_that_are_not_the_rows_of_the_chunk_are_corrupt(numbers: list[int]) -> None:
    with pytest.raises(ChunkCorrupt, match="not rows 11 to 13 in order"):
        enriched_text(CHUNK, [enriched(number) for number in numbers])


@pytest.mark.parametrize("value", [None, 5])
def test_a_record_that_was_not_enriched_is_corrupt_and_no_empty_cell(value: Any) -> None:
    records = [enriched(11), enriched(12, **{"Unit Cost": value}), enriched(13)]
    with pytest.raises(ChunkCorrupt, match="row 12 lacks Unit Cost"):
        enriched_text(CHUNK, records)


@pytest.mark.parametrize(
    ("records", "out"),
    [
        ([enriched(11), rejected(12), enriched(13)], 2),
        ([rejected(11), rejected(12), rejected(13)], 0),
    ],
)
def test_each_chunk_has_an_enriched_object_even_if_every_row_is_rejected(
    s3: S3Client,
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
    records: list[dict[str, Any]],
    out: int,
) -> None:
    given(monkeypatch, app.settings, BUCKET=BUCKET)
    result = app.handler({"run_id": "r", "chunk": CHUNK, "records": records}, context)
    key = "work/r/enriched/000004.csv"
    assert result == {"key": key, "rows_out": out, "rows_rejected": 3 - out}
    assert body_of(s3, key).count(b"\r\n") == out
