"""Chunks fit into Step Functions state, and lose nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.records import FINANCIAL_ATTRIBUTES, INPUT_COLUMNS, Chunk, Record
from reader.chunk_records import read
from splitter.chunking import Piece, chunks
from splitter.csv_records import Row
from splitter.input_refused import InputRefused
from tests.unit.support import ADDED, GOOD

LIMIT = 8192
STATE_LIMIT = 262_144

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
good_rows = st.lists(text, min_size=8, max_size=8)
any_rows = st.lists(text, min_size=1, max_size=12)
tables = st.lists(st.one_of(good_rows, any_rows), max_size=60)


def cut(table: list[list[str]], most: int = 200, limit: int = LIMIT) -> list[Piece]:
    return list(chunks((Row(0, values) for values in table), most, limit))


def reread(piece: Piece) -> list[Record]:
    chunk: Chunk = {
        "index": piece.index,
        "key": "k",
        "first_row": piece.first_row,
        "rows": piece.rows,
    }
    return read(chunk, piece.text.encode())


@given(tables, st.integers(1, 20))
def test_every_field_comes_back_in_order_and_under_its_row_number(
    table: list[list[str]], most: int
) -> None:
    found = [record for piece in cut(table, most) for record in reread(piece)]
    assert [record["row"] for record in found] == list(range(1, len(table) + 1))
    for record, values in zip(found, table, strict=True):
        if len(values) == 8:
            assert record == {
                "row": record["row"],
                "fields": dict(zip(INPUT_COLUMNS, values, strict=True)),
            }
        else:
            assert record["malformed"].startswith(f"{len(values)} field")


@given(tables)
def test_defect_13_no_chunk_is_longer_than_the_limit_as_the_reader_gives_it(
    table: list[list[str]],
) -> None:
    for piece in cut(table):
        answer = json.dumps({"records": reread(piece)}, ensure_ascii=False)
        assert len(answer.encode()) <= LIMIT


@given(tables)
def test_defect_13_no_chunk_is_longer_than_the_limit_when_it_is_enriched(
    table: list[list[str]],
) -> None:
    added = dict.fromkeys(FINANCIAL_ATTRIBUTES, "-1234567890123456.89")
    for piece in cut(table):
        enriched = [
            {"row": record["row"], "fields": record["fields"] | added} for record in reread(piece)
        ]
        event = {
            "run_id": "x" * 65,
            "chunk": {"index": 1, "key": "k" * 100, "first_row": 1, "rows": 200},
            "records": enriched,
        }
        assert len(json.dumps(event, ensure_ascii=False).encode()) <= LIMIT


def test_defect_13_six_hundred_realistic_records_do_not_share_a_chunk_with_the_quota() -> None:
    pieces = cut([list(GOOD.values())] * 6000, most=600, limit=131_072)
    for piece in pieces:
        enriched = [
            {"row": record["row"], "fields": record["fields"] | ADDED} for record in reread(piece)
        ]
        assert len(json.dumps(enriched)) < STATE_LIMIT / 2


def test_chunks_have_at_most_so_many_records_and_count_on() -> None:
    pieces = cut([list(GOOD.values())] * 5, most=2)
    assert [(p.index, p.first_row, p.rows) for p in pieces] == [(0, 1, 2), (1, 3, 2), (2, 5, 1)]


@pytest.mark.parametrize("letter", ["\0", "\\"])
def test_a_record_that_escapes_make_too_long_is_refused_with_its_place(letter: str) -> None:
    with pytest.raises(InputRefused, match=r"line 9: .*record 2\) takes"):
        list(chunks([Row(2, ["a"] * 8), Row(9, [letter * LIMIT] * 8)], 200, LIMIT))


def test_the_default_limit_takes_any_record_of_64_kib_without_escapes() -> None:
    for letter in ("x", "日", '"'):
        length = 65_000 // len(letter.replace('"', '""').encode())
        assert cut([[letter * length, *"1234567"]], limit=131_072)
