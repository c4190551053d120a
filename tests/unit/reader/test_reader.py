"""The reader, from bytes and from S3."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from common.records import INPUT_COLUMNS, Chunk, Record
from reader import app
from reader.chunk_records import ChunkCorrupt, chunk_records
from tests.unit.helpers import BUCKET, put_object, set_environment
from tests.unit.samples import HEADER, RECORD

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

ROW = ",".join(RECORD.values())
BODY = f'{HEADER}\n{ROW}\r\na,"b\nc",d\r\n'.encode()
CHUNK: Chunk = {
    "index": 3,
    "key": "work/r/chunks/000003.csv",
    "offset": 0,
    "size": len(BODY),
    "first_row": 12,
    "first_line": 15,
    "rows": 2,
}

Handler = Callable[[Chunk], dict[str, list[Record]]]


def read(*rows: str, header: str = HEADER) -> list[Record]:
    chunk: Chunk = {**CHUNK, "rows": len(rows)}
    return chunk_records(chunk, "\n".join([header, *rows]).encode())


def test_records_and_malformed_ones_have_the_shape_of_the_contract() -> None:
    assert chunk_records(CHUNK, BODY) == [
        {"row": 12, "line": 15, "fields": RECORD},
        {
            "row": 13,
            "line": 16,
            "fields": {},
            "malformed": (
                "3 values where 8 are expected; lines 16 to 17 are one row, since a quote was open"
            ),
            "raw": 'a,"b\nc",d',
        },
    ]


def test_values_come_under_the_names_of_the_header_whatever_its_order_and_delimiter() -> None:
    header = ";".join(reversed(INPUT_COLUMNS)).upper()
    (record,) = read(";".join(reversed(RECORD.values())), header=header)
    assert record["fields"] == RECORD


def test_a_single_value_is_not_called_values() -> None:
    assert read("x")[0]["malformed"] == "1 value where 8 are expected"


def test_too_many_values_may_lack_quotes() -> None:
    assert read(f"{ROW},x")[0]["malformed"] == (
        "9 values where 8 are expected (one that contains the separator has to stand in quotes)"
    )


def test_a_space_before_a_quote_is_called_so() -> None:
    row = ROW.replace("Tuvalu", ' "Congo, Rep."')
    assert "without a space" in read(row)[0]["malformed"]


@pytest.mark.parametrize("end", [",", ",,,,", ", ,"])
def test_commas_at_the_end_of_a_row_do_not_matter(end: str) -> None:
    assert read(f"{ROW}{end}")[0]["fields"] == RECORD


def test_blank_rows_are_passed_over_and_their_lines_counted() -> None:
    body = f"{HEADER}\n{ROW}\n,,,\n  \n\n{ROW}\n,,\n".encode()
    assert [record["line"] for record in chunk_records(CHUNK, body)] == [15, 19]


def test_raw_is_the_row_as_it_came_and_what_is_wrong_is_said() -> None:
    raw = '1,"Cote" d Ivoire , x'
    assert read(raw)[0]["raw"] == raw
    assert read(raw)[0]["malformed"].startswith("there is text after a closing quote")


def test_of_a_row_that_is_too_long_only_the_beginning_is_shown() -> None:
    (record,) = read("1," + "日" * 30_000)
    assert record["malformed"].startswith("the row has more than 64 KiB")
    assert record["raw"] == "1," + "日" * 332 + "…"


@pytest.mark.parametrize("column", range(8))
def test_a_value_that_looks_like_rows_is_not_believed(column: int) -> None:
    cells = ROW.split(",")
    open_quote = ",".join([*cells[:column], f'"{cells[column]}', *cells[column + 1 :]])
    closed = ",".join([*cells[:column], f'{cells[column]}"', *cells[column + 1 :]])
    for swallowed in ([], [ROW], [ROW, ROW]):
        text = "\n".join([open_quote, *swallowed, closed])
        (record,) = read(text)
        assert record["malformed"] == (
            f"a quote is in the wrong place; lines 15 to {16 + len(swallowed)} are one row, "
            "since a quote was open"
        )
        assert record["raw"] == text


@pytest.mark.parametrize("column", range(8))
@pytest.mark.parametrize(
    "value", ["12 High St\nPeru", "a, b\nc, d\n", "\n\n", "one\ntwo, and more"]
)
def test_a_value_of_several_lines_is_a_value(column: int, value: str) -> None:
    cells = ROW.split(",")
    cells[column] = f'"{value}"'
    (record,) = read(",".join(cells))
    assert record["fields"][INPUT_COLUMNS[column]] == value


@pytest.mark.parametrize("rows", [b"", b"a\r\n", b'a\r\n"b', b"a\r\n\xff\r\n", b"a\r\nb\r\nc\r\n"])
def test_bytes_that_are_not_the_chunk_of_the_manifest_are_corrupt(rows: bytes) -> None:
    with pytest.raises(ChunkCorrupt, match="chunk 3"):
        chunk_records(CHUNK, f"{HEADER}\n".encode() + rows)


@pytest.mark.parametrize("body", [b"", b"a\r\nb\r\n"])
def test_a_chunk_without_a_header_is_corrupt(body: bytes) -> None:
    with pytest.raises(ChunkCorrupt, match="chunk 3"):
        chunk_records(CHUNK, body)


@pytest.fixture
def handler(
    s3: S3Client,  # noqa: ARG001 - creates the bucket
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Handler:
    """The reader's handler for a chunk."""
    set_environment(monkeypatch, BUCKET=BUCKET)
    return lambda chunk: app.handler({"attempt_id": "r", "chunk": chunk}, context)


def test_the_chunk_is_read_from_its_range_of_the_object(s3: S3Client, handler: Handler) -> None:
    put_object(s3, CHUNK["key"], b"one chunk" + BODY + b"another")
    response = handler({**CHUNK, "offset": len("one chunk")})
    assert [record["row"] for record in response["records"]] == [12, 13]


@pytest.mark.parametrize("offset", [1, len(BODY), 2 * len(BODY)])
def test_an_object_that_ends_before_the_chunk_does_is_corrupt(
    s3: S3Client, handler: Handler, offset: int
) -> None:
    put_object(s3, CHUNK["key"], BODY)
    with pytest.raises(ChunkCorrupt, match=r"chunk 3: work/r/chunks/000003\.csv"):
        handler({**CHUNK, "offset": offset})


def test_a_chunk_from_the_wrong_place_is_corrupt(s3: S3Client, handler: Handler) -> None:
    put_object(s3, CHUNK["key"], BODY + BODY)
    with pytest.raises(ChunkCorrupt, match="chunk 3"):
        handler({**CHUNK, "offset": 5})
