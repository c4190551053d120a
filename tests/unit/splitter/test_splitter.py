"""The splitter against S3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from common import keys
from common.input_refused import InputRefused
from common.records import Chunk
from splitter import app, input_size, packing
from splitter.input_size import check_size
from splitter.split import SplitResult
from tests.unit.helpers import BUCKET, put_object, raising, read_object, set_environment
from tests.unit.samples import HEADER, RECORD, csv_file

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

KEY = "input/a b.csv"
ROW = list(RECORD.values())


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"CHUNK_RECORDS": "2", "CHUNK_BYTES": "131072", "MAX_ROWS": "1000000"}
    set_environment(monkeypatch, BUCKET=BUCKET, **limits)


def split(context: LambdaContext, version: str) -> SplitResult:
    return app.handler({"attempt_id": "r", "key": KEY, "version_id": version}, context)


def list_keys(s3: S3Client) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]


def manifest(s3: S3Client) -> list[Chunk]:
    return [json.loads(line) for line in read_object(s3, keys.manifest("r")).splitlines()]


def test_the_manifest_names_every_chunk_in_order(s3: S3Client, context: LambdaContext) -> None:
    result = split(context, put_object(s3, KEY, csv_file(ROW, ROW, ROW)))
    assert result == {
        "manifest_key": "work/r/manifest.jsonl",
        "chunks": 2,
        "rows_in": 3,
        "bytes_in": len(csv_file(ROW, ROW, ROW)),
        "notes": [],
    }
    key, first, second = "work/r/chunks/000000.csv", csv_file(ROW, ROW), csv_file(ROW)
    assert read_object(s3, key) == first + second
    place = {"key": key, "offset": 0, "size": len(first)}
    next_place = {"key": key, "offset": len(first), "size": len(second)}
    assert manifest(s3) == [
        {"index": 0, **place, "first_row": 1, "first_line": 2, "rows": 2},
        {"index": 1, **next_place, "first_row": 3, "first_line": 4, "rows": 1},
    ]


def test_each_chunk_is_its_range_of_an_object_of_many(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "PACK_BYTES", len(csv_file(ROW, ROW)) + 1)
    split(context, put_object(s3, KEY, csv_file(*[ROW] * 9)))
    entries = manifest(s3)
    names = [keys.pack("r", number) for number in (0, 0, 1, 1, 2)]
    assert [entry["key"] for entry in entries] == names
    for chunk in entries:
        data = read_object(s3, chunk["key"])[chunk["offset"] :][: chunk["size"]]
        assert data == csv_file(*[ROW] * chunk["rows"])
    assert len(list_keys(s3)) == len(["input", "manifest", *set(names)])


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = put_object(s3, KEY, csv_file(ROW))
    monkeypatch.setattr(app.S3, "head_object", lambda **_: {"ContentLength": 10**10 + 1})
    monkeypatch.setattr(app.S3, "get_object", raising("must not be called"))
    with pytest.raises(InputRefused) as refusal:
        split(context, version)
    assert str(refusal.value).splitlines() == [
        "The file has 10.1 GB, and the largest that is processed has 10 GB.",
        "Cut it into several files, each with the header, and upload these.",
    ]
    check_size(10**10)


def test_a_file_of_too_many_rows_is_refused_as_soon_as_they_are_counted(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit, the reason and the remedies. Packs are stored four at a time, so few are."""
    monkeypatch.setattr(packing, "PACK_BYTES", 1)
    monkeypatch.setenv("MAX_ROWS", "6")
    version = put_object(s3, KEY, csv_file(*[ROW] * 1000))
    with pytest.raises(InputRefused) as refusal:
        split(context, version)
    assert str(refusal.value).splitlines() == [
        "The file has more than 6 rows, which is the most that this deployment accepts of one "
        "file: it may not process more within the two days of a run.",
        "Cut it into several files, each with the header, and upload these. Or have the operators "
        "ask AWS for a higher quota of Lambda functions and deploy again, which raises this limit.",
    ]
    assert keys.manifest("r") not in list_keys(s3)
    assert len(list_keys(s3)) < 20


def test_a_file_of_as_many_rows_as_allowed_is_split(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_ROWS", "6")
    assert split(context, put_object(s3, KEY, csv_file(*[ROW] * 6)))["rows_in"] == 6


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_file_of_too_many_lines_is_refused_even_if_they_are_blank(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(input_size, "INPUT_LINES", 9)
    data = csv_file(ROW).replace(b"\n", end.encode())
    assert split(context, put_object(s3, KEY, data + end.encode() * 7))["rows_in"] == 1
    with pytest.raises(InputRefused, match="more than 9 lines, blank ones included"):
        split(context, put_object(s3, KEY, data + end.encode() * 8))


def test_chunks_have_the_header_and_their_rows_as_they_came(
    s3: S3Client, context: LambdaContext
) -> None:
    data = b"sep=;\n" + HEADER.lower().replace(",", ";").encode() + b'\ra;"b\nc" d\r\n\n3'
    assert split(context, put_object(s3, KEY, data))["rows_in"] == 2
    assert read_object(s3, keys.pack("r", 0)) == data.removeprefix(b"sep=;\n")


def test_how_the_file_was_read_is_told(s3: S3Client, context: LambdaContext) -> None:
    data = b"Sales\n" + csv_file(ROW).replace(b",", b";")
    assert split(context, put_object(s3, KEY, data))["notes"] == [
        "Line 1 above the header: not read as rows.",
        "The columns are separated by semicolons.",
    ]


def test_the_version_of_the_run_is_split_and_not_the_newest(
    s3: S3Client, context: LambdaContext
) -> None:
    first = put_object(s3, KEY, csv_file(ROW, ROW))
    put_object(s3, KEY, csv_file(ROW))
    assert split(context, first)["rows_in"] == 2


def test_splitting_again_writes_the_same_bytes(s3: S3Client, context: LambdaContext) -> None:
    version = put_object(s3, KEY, csv_file(ROW, ROW, ROW))
    names = (keys.pack("r", 0), keys.manifest("r"))
    first = split(context, version), [read_object(s3, name) for name in names]
    again = split(context, version), [read_object(s3, name) for name in names]
    assert first == again


def test_defect_1_the_input_stays_where_it_is(s3: S3Client, context: LambdaContext) -> None:
    version = put_object(s3, KEY, csv_file(ROW))
    split(context, version)
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"] == version


def test_defect_14_a_header_alone_is_refused_and_leaves_no_manifest(
    s3: S3Client, context: LambdaContext
) -> None:
    version = put_object(s3, KEY, csv_file())
    with pytest.raises(InputRefused, match="a header and no rows"):
        split(context, version)
    assert list_keys(s3) == [KEY]


def test_a_file_that_is_refused_late_leaves_no_manifest(
    s3: S3Client, context: LambdaContext
) -> None:
    version = put_object(s3, KEY, csv_file(ROW, ROW, ROW) + b'"open')
    with pytest.raises(InputRefused, match="line 5"):
        split(context, version)
    assert keys.manifest("r") not in list_keys(s3)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff\xfeu\0", b"123456789,Tuvalu\n"])
def test_what_is_no_table_of_ours_is_refused(
    s3: S3Client, context: LambdaContext, data: bytes
) -> None:
    with pytest.raises(InputRefused):
        split(context, put_object(s3, KEY, data))


def test_each_file_is_counted_and_no_record_is_logged(
    s3: S3Client,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    split(context, put_object(s3, KEY, csv_file(ROW)))
    (metric,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert metric["InputFilesSplit"] == [1.0]
    assert [record.getMessage() for record in caplog.records] == ["Split"]
    assert "Tuvalu" not in str([vars(record) for record in caplog.records])
