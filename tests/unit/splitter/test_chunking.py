"""Chunks fit into the state of Step Functions, and no record is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.records import FINANCIAL_ATTRIBUTES, INPUT_COLUMNS, Chunk, Record
from reader.chunk_records import chunk_records
from splitter.chunking import ChunkBuilder, chunks
from splitter.csv_records import CsvRecord
from splitter.input_refused import InputRefused
from tests.unit.samples import FINANCIAL_COLUMNS, RECORD

LIMIT = 8192
STATE_LIMIT = 262_144
COLUMNS = len(INPUT_COLUMNS)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
good_rows = st.lists(text, min_size=COLUMNS, max_size=COLUMNS)
any_rows = st.lists(text, min_size=1, max_size=COLUMNS + 4)
tables = st.lists(st.one_of(good_rows, any_rows), max_size=60)


def split(
    table: list[list[str]], max_records: int = 200, max_bytes: int = LIMIT
) -> list[ChunkBuilder]:
    return list(chunks((CsvRecord(0, values) for values in table), max_records, max_bytes))


def read(chunk: ChunkBuilder) -> list[Record]:
    entry: Chunk = {
        "index": chunk.index,
        "key": "k",
        "first_row": chunk.first_row,
        "rows": chunk.rows,
    }
    return chunk_records(entry, chunk.text.encode())


@given(tables, st.integers(1, 20))
def test_every_field_comes_back_in_order_and_under_its_row_number(
    table: list[list[str]], max_records: int
) -> None:
    records = [record for chunk in split(table, max_records) for record in read(chunk)]
    assert [record["row"] for record in records] == list(range(1, len(table) + 1))
    for record, values in zip(records, table, strict=True):
        if len(values) == len(INPUT_COLUMNS):
            assert record == {
                "row": record["row"],
                "fields": dict(zip(INPUT_COLUMNS, values, strict=True)),
            }
        else:
            assert record["malformed"].startswith(f"{len(values)} field")


@given(tables)
def test_defect_13_no_chunk_is_longer_than_the_limit_as_the_reader_returns_it(
    table: list[list[str]],
) -> None:
    for chunk in split(table):
        response = json.dumps({"records": read(chunk)}, ensure_ascii=False)
        assert len(response.encode()) <= LIMIT


@given(tables)
def test_defect_13_no_chunk_is_longer_than_the_limit_when_it_is_enriched(
    table: list[list[str]],
) -> None:
    financial_columns = dict.fromkeys(FINANCIAL_ATTRIBUTES, "-1234567890123456.89")
    for chunk in split(table):
        enriched = [
            {"row": record["row"], "fields": record["fields"] | financial_columns}
            for record in read(chunk)
        ]
        event = {
            "attempt_id": "x" * 65,
            "chunk": {"index": 1, "key": "k" * 100, "first_row": 1, "rows": 200},
            "records": enriched,
        }
        assert len(json.dumps(event, ensure_ascii=False).encode()) <= LIMIT


def test_defect_13_realistic_chunks_stay_far_below_the_limit_of_state() -> None:
    for chunk in split([list(RECORD.values())] * 6000, max_records=600, max_bytes=131_072):
        enriched = [
            {"row": record["row"], "fields": record["fields"] | FINANCIAL_COLUMNS}
            for record in read(chunk)
        ]
        assert len(json.dumps(enriched)) < STATE_LIMIT / 2


def test_chunks_have_at_most_the_set_number_of_records_and_their_rows_are_numbered_on() -> None:
    pieces = [
        (chunk.index, chunk.first_row, chunk.rows)
        for chunk in split([list(RECORD.values())] * 5, max_records=2)
    ]
    assert pieces == [(0, 1, 2), (1, 3, 2), (2, 5, 1)]


@pytest.mark.parametrize("letter", ["\0", "\\"])
def test_a_record_that_escaping_makes_too_long_is_refused_with_its_line(letter: str) -> None:
    with pytest.raises(InputRefused, match=r"line 9: .*record 2\) takes"):
        list(
            chunks(
                [CsvRecord(2, ["a"] * COLUMNS), CsvRecord(9, [letter * LIMIT] * COLUMNS)],
                200,
                LIMIT,
            )
        )


def test_the_default_limit_takes_any_record_of_64_kib_without_escapes() -> None:
    for letter in ("x", "日", '"'):
        length = 65_000 // len(letter.replace('"', '""').encode())
        assert split([[letter * length, *["x"] * (COLUMNS - 1)]], max_bytes=131_072)
