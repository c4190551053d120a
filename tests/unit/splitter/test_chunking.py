"""Chunks are short enough (see also tests/templates/test_state_size.py), and no row is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.csv_lines import lines
from common.csv_rows import rows
from common.csv_text import format_row
from common.records import INPUT_COLUMNS, Chunk, Record
from reader.chunk_records import chunk_records
from splitter.chunking import ChunkBuilder, chunks
from tests.unit.samples import HEADER, RECORD

LIMIT = 8192
COLUMNS = len(INPUT_COLUMNS)

# No NUL and no spaces alone: such rows are blank, and are not counted.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
good_rows = st.lists(text, min_size=COLUMNS - 1, max_size=COLUMNS - 1).map(lambda row: ["x", *row])
any_rows = st.lists(text, min_size=1, max_size=COLUMNS + 4).map(lambda row: ["x", *row])
tables = st.lists(st.one_of(good_rows, any_rows), max_size=60)


def split(
    table: list[list[str]], max_rows: int = 200, max_bytes: int = LIMIT
) -> list[ChunkBuilder]:
    data = "".join(map(format_row, table)).encode()
    return list(chunks(rows(lines([data]), ","), ",", max_rows, max_bytes))


def read(chunk: ChunkBuilder) -> list[Record]:
    entry: Chunk = {
        "index": chunk.index,
        "key": "k",
        "offset": 0,
        "size": 1,
        "first_row": chunk.first_row,
        "first_line": chunk.first_line,
        "rows": chunk.rows,
    }
    return chunk_records(entry, b"".join([HEADER.encode(), b"\n", *chunk.lines]))


@given(tables, st.integers(1, 20))
def test_every_value_comes_back_in_order_and_under_its_row_number(
    table: list[list[str]], max_rows: int
) -> None:
    records = [record for chunk in split(table, max_rows) for record in read(chunk)]
    assert [record["row"] for record in records] == list(range(1, len(table) + 1))
    for record, values in zip(records, table, strict=True):
        rest = "".join(values[COLUMNS:])
        if len(values) >= COLUMNS and not rest.strip() and "malformed" not in record:
            assert record["fields"] == dict(zip(INPUT_COLUMNS, values, strict=False))
        else:
            assert record["fields"] == {}
            assert record["raw"] == format_row(values).removesuffix("\r\n")


@given(tables)
def test_defect_13_no_chunk_is_longer_than_the_limit_as_the_reader_returns_it(
    table: list[list[str]],
) -> None:
    for chunk in split(table):
        response = json.dumps({"records": read(chunk)}, ensure_ascii=False)
        assert len(response.encode()) <= LIMIT


def test_chunks_have_at_most_the_set_number_of_rows_and_their_rows_are_numbered_on() -> None:
    pieces = [
        (chunk.index, chunk.first_row, chunk.first_line, chunk.rows)
        for chunk in split([list(RECORD.values())] * 5, max_rows=2)
    ]
    assert pieces == [(0, 1, 1, 2), (1, 3, 3, 2), (2, 5, 5, 1)]


def test_blank_rows_are_not_counted_and_lines_are() -> None:
    data = b"\n,,\na\n\n,,\nb\nc\n\n"
    pieces = [
        (chunk.first_row, chunk.first_line, chunk.rows, b"".join(chunk.lines))
        for chunk in chunks(rows(lines([data]), ","), ",", 2, LIMIT)
    ]
    assert pieces == [(1, 3, 2, b"a\n\n,,\nb\n"), (3, 7, 1, b"c\n\n")]


def test_blank_rows_without_end_do_not_fill_a_chunk() -> None:
    blank = b",,,,,,,\n" * 2000
    sizes = [
        sum(map(len, chunk.lines))
        for chunk in chunks(rows(lines([b"a\n" + blank + b"b\n"]), ","), ",", 200, LIMIT)
    ]
    assert len(sizes) == 2
    assert max(sizes) <= LIMIT


@pytest.mark.parametrize("letter", ["x", "日", '"', "\\", "\0"])
def test_the_smallest_limit_takes_any_row(letter: str) -> None:
    length = 65_000 // len(letter.encode())
    table = [[letter * length, *["x"] * (COLUMNS - 1)], list(RECORD.values())]
    for chunk in split(table, max_bytes=70_000):
        response = json.dumps({"records": read(chunk)}, ensure_ascii=False)
        assert len(response.encode()) <= 70_000
