"""The writer, from records and to S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common.csv_text import parse_rows
from common.enriched_chunk import split_chunk
from common.records import OUTPUT_COLUMNS, Chunk
from tests.unit.helpers import BUCKET, read_object, set_environment
from tests.unit.samples import FINANCIAL_COLUMNS, RECORD
from writer import app
from writer.enriched_csv import ChunkCorrupt, enriched_csv

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

CHUNK: Chunk = {
    "index": 4,
    "key": "work/r/chunks/000004.csv",
    "offset": 0,
    "size": 1,
    "first_row": 11,
    "first_line": 12,
    "rows": 3,
}
FIELDS = RECORD | FINANCIAL_COLUMNS


def enriched(row: int, **changes: Any) -> dict[str, Any]:
    return {"row": row, "cells": list((FIELDS | changes).values())}


def group(rows: list[int], rejects: list[int]) -> dict[str, Any]:
    return {
        "enriched": [enriched(row) for row in rows if row not in rejects],
        "rejected": [row for row in rows if row in rejects],
    }


def as_it_came(chunk: Chunk, records: list[dict[str, Any]], *rejected: int) -> str:
    return enriched_csv(chunk, records, rejected, is_neutralised=False)


def test_a_row_has_the_cells_of_its_record() -> None:
    text = as_it_came({**CHUNK, "rows": 1}, [enriched(11)])
    assert list(parse_rows(text)) == [[FIELDS[name] for name in OUTPUT_COLUMNS]]


def test_rejected_rows_are_left_out_and_the_others_are_in_the_order_of_the_file() -> None:
    records = [enriched(13, Country='B, "C"'), enriched(11, Country="A")]
    text = as_it_came(CHUNK, records, 12)
    assert [row[1] for row in parse_rows(text)] == ["A", 'B, "C"']


@pytest.mark.parametrize(
    ("numbers", "rejected"),
    [
        ([], []),
        ([11, 12], []),
        ([11, 11, 12], []),
        ([1, 2, 3], []),
        ([11, 12, 13], [13]),
        ([11, 12], [12]),
    ],
)
def test_records_that_are_not_the_rows_of_the_chunk_are_corrupt(
    numbers: list[int], rejected: list[int]
) -> None:
    with pytest.raises(ChunkCorrupt, match="not rows 11 to 13, each once"):
        as_it_came(CHUNK, [enriched(number) for number in numbers], *rejected)


ALL_BUT_ONE: list[Any] = list(FIELDS.values())[:-1]


@pytest.mark.parametrize(
    "cells",
    [[], ALL_BUT_ONE, [*ALL_BUT_ONE, "1", "2"], [*ALL_BUT_ONE, None], [*ALL_BUT_ONE, 5]],
)
def test_a_record_that_was_not_enriched_is_corrupt_and_gives_no_empty_cell(cells: Any) -> None:
    records = [enriched(11), {"row": 12, "cells": cells}, enriched(13)]
    with pytest.raises(ChunkCorrupt, match="row 12 does not have a text for each column"):
        as_it_came(CHUNK, records)


@pytest.mark.parametrize("rejects", [[12], [11, 12, 13], []])
@pytest.mark.parametrize("records_per_call", [1, 2, 3])
def test_each_chunk_has_an_enriched_object_that_says_which_rows_were_rejected(
    s3: S3Client,
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
    rejects: list[int],
    records_per_call: int,
) -> None:
    set_environment(monkeypatch, BUCKET=BUCKET, NEUTRALISE_FORMULAS="0")
    groups = [
        group(list(range(first, min(first + records_per_call, 14))), rejects)
        for first in range(11, 14, records_per_call)
    ]
    result = app.handler({"attempt_id": "r", "chunk": CHUNK, "groups": groups}, context)
    key, rows_out = "work/r/enriched/000004.csv", 3 - len(rejects)
    assert result == {"key": key, "rows_out": rows_out, "rows_rejected": len(rejects)}
    written_rejects, rows = split_chunk(read_object(s3, key))
    assert written_rejects == rejects
    assert rows.count(b"\r\n") == rows_out


@pytest.mark.parametrize(("setting", "first", "last"), [("0", "=1+1", "-5"), ("1", "'=1+1", "-5")])
def test_formulas_come_as_they_are_unless_the_setting_neutralises_the_columns_of_the_input(
    s3: S3Client,
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    first: str,
    last: str,
) -> None:
    set_environment(monkeypatch, BUCKET=BUCKET, NEUTRALISE_FORMULAS=setting)
    changes = dict.fromkeys(RECORD, "=1+1") | dict.fromkeys(FINANCIAL_COLUMNS, "-5")
    groups = [{"enriched": [enriched(11, **changes)], "rejected": []}]
    app.handler({"attempt_id": "r", "chunk": {**CHUNK, "rows": 1}, "groups": groups}, context)
    _, rows = split_chunk(read_object(s3, "work/r/enriched/000004.csv"))
    (row,) = parse_rows(rows.decode())
    assert row == [first] * len(RECORD) + [last] * len(FINANCIAL_COLUMNS)


def test_an_object_that_is_no_enriched_chunk_is_an_error() -> None:
    with pytest.raises(ValueError, match="no first line"):
        split_chunk(b"")
