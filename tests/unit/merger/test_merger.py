"""The merger keeps the order, and publishes nothing unless the counts agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from common import keys
from common.csv_text import format_row, parse_rows
from common.enriched_chunk import join_chunk
from common.records import OUTPUT_COLUMNS
from common.upload import PART_BYTES
from merger import app
from merger.merge import RowsDoNotAddUp
from tests.unit.helpers import (
    BUCKET,
    ERRORS_TABLE,
    put_object,
    raising,
    read_object,
    set_environment,
)
from tests.unit.samples import FINANCIAL_COLUMNS, RECORD

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

KEY, OUTPUT = "input/a.csv", "output/r/a.csv"
REJECTS = f"{OUTPUT}.rejects.csv"
HEADER = format_row(OUTPUT_COLUMNS).encode()
Merge = Callable[[int], Any]


@pytest.fixture
def merge(
    s3: S3Client,  # noqa: ARG001 - creates the bucket
    dynamodb: DynamoDBClient,  # noqa: ARG001 - creates the table
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Merge:
    """The handler; its argument is the number of rows in."""
    set_environment(monkeypatch, BUCKET=BUCKET, ERRORS_TABLE=ERRORS_TABLE, BUDGET_SECONDS="60")
    event = {"attempt_id": "r", "key": KEY, "manifest_key": keys.manifest("r"), "checkpoint": None}
    return lambda rows_in: app.handler(event | {"rows_in": rows_in}, context)


def row(country: str) -> str:
    return format_row(list((RECORD | FINANCIAL_COLUMNS | {"Country": country}).values()))


def store(s3: S3Client, *chunks: str, rejected: Iterable[int] = ()) -> None:
    """Store the enriched chunks and their manifest; the last chunk has the rejected rows."""
    manifest = []
    for index, text in enumerate(chunks):
        is_last = index == len(chunks) - 1
        body = join_chunk(rejected if is_last else (), text)
        put_object(s3, keys.enriched("r", index), body)
        chunk = {"index": index, "key": keys.pack("r", 0), "first_row": 1, "rows": 1}
        manifest.append(json.dumps(chunk))
    put_object(s3, keys.manifest("r"), "\n".join([*manifest, ""]).encode())


def store_reject(
    dynamodb: DynamoDBClient, row: int, attempt_id: str = "r", chunk: int = 0, **attributes: Any
) -> None:
    item: Any = {
        "chunk": {"S": keys.rejects_of_chunk(attempt_id, chunk)},
        "row": {"N": str(row)},
        "line": {"N": str(row + 1)},
        "reasons": {"L": [{"S": "uuid is not nine digits"}, {"S": "Country is empty"}]},
        "fields": {"M": {name: {"S": value} for name, value in RECORD.items()}},
    }
    dynamodb.put_item(TableName=ERRORS_TABLE, Item=item | attributes)


def output_keys(s3: S3Client) -> list[str]:
    objects = s3.list_objects_v2(Bucket=BUCKET, Prefix="output/").get("Contents", [])
    return [item["Key"] for item in objects]


def output_countries(s3: S3Client) -> list[str]:
    """Return the second column of the output, without the header."""
    return [row[1] for row in parse_rows(read_object(s3, OUTPUT).decode())][1:]


def test_the_output_is_the_header_and_all_chunks_and_the_result_has_its_version(
    s3: S3Client, merge: Merge
) -> None:
    store(s3, row("A") + row("B"), row("C"))
    assert merge(3) == {
        "output_key": OUTPUT,
        "output_version_id": s3.head_object(Bucket=BUCKET, Key=OUTPUT)["VersionId"],
        "bytes_out": len(read_object(s3, OUTPUT)),
        "rows_out": 3,
        "rows_rejected": 0,
        "rejects_key": None,
        "rejects_version_id": None,
    }
    assert read_object(s3, OUTPUT) == HEADER + (row("A") + row("B") + row("C")).encode()
    assert output_keys(s3) == [OUTPUT]


def test_defect_10_more_chunks_than_a_page_of_a_listing_are_merged_in_number_order(
    s3: S3Client, merge: Merge
) -> None:
    store(s3, *(row(str(number)) for number in range(1001)))
    assert merge(1001)["rows_out"] == 1001
    assert output_countries(s3) == [str(number) for number in range(1001)]


def test_defect_10_merging_again_gives_the_same_bytes_and_not_its_own_output(
    s3: S3Client, merge: Merge
) -> None:
    store(s3, row("A"), row("B"))
    merge(2)
    first = read_object(s3, OUTPUT)
    put_object(s3, keys.enriched("r", 2), row("left by an earlier try").encode())
    merge(2)
    assert read_object(s3, OUTPUT) == first


def test_the_order_is_that_of_the_manifest(s3: S3Client, merge: Merge) -> None:
    store(s3, row("A"), row("B"))
    reversed_lines = reversed(read_object(s3, keys.manifest("r")).splitlines(keepends=True))
    put_object(s3, keys.manifest("r"), b"".join(reversed_lines))
    merge(2)
    assert output_countries(s3) == ["B", "A"]


@pytest.mark.parametrize("rows_in", [1, 3])
def test_defect_10_rows_that_do_not_add_up_publish_nothing(
    s3: S3Client, merge: Merge, rows_in: int
) -> None:
    store(s3, row("A"), row("B"))
    with pytest.raises(RowsDoNotAddUp, match=f"{rows_in} rows in, but 2 rows out and 0 rejected"):
        merge(rows_in)
    assert output_keys(s3) == []


def test_defect_10_rows_are_counted_in_the_bytes_of_the_chunks(s3: S3Client, merge: Merge) -> None:
    store(s3, row("A"), "")
    with pytest.raises(RowsDoNotAddUp):
        merge(2)


def test_a_newline_inside_quotes_does_not_count_as_a_row(s3: S3Client, merge: Merge) -> None:
    store(s3, row("A\r\nB"))
    assert merge(1)["rows_out"] == 1


def test_a_missing_chunk_is_an_error(s3: S3Client, merge: Merge) -> None:
    store(s3, row("A"), row("B"))
    s3.delete_object(Bucket=BUCKET, Key=keys.enriched("r", 1))
    with pytest.raises(ClientError, match="NoSuchKey"):
        merge(2)
    assert output_keys(s3) == []


def test_rejects_are_written_in_the_order_of_their_rows_with_all_reasons(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    store(s3, row("A"), rejected=[2, 9, 10])
    store_reject(dynamodb, 10)
    store_reject(dynamodb, 9)
    store_reject(dynamodb, 2, fields={"M": {}}, raw={"S": 'a,"b"'})
    result = merge(4)
    version = s3.head_object(Bucket=BUCKET, Key=REJECTS)["VersionId"]
    assert (result["rows_rejected"], result["rejects_key"]) == (3, REJECTS)
    assert result["rejects_version_id"] == version
    header, malformed, *others = parse_rows(read_object(s3, REJECTS).decode())
    assert header == ["row", "line", "reasons", *RECORD, "raw"]
    reasons = "uuid is not nine digits; Country is empty"
    assert malformed == ["2", "3", reasons, *[""] * len(RECORD), 'a,"b"']
    assert others == [
        [number, line, reasons, *RECORD.values(), ""]
        for number, line in (("9", "10"), ("10", "11"))
    ]


def test_no_cell_of_a_reject_is_a_formula_for_a_spreadsheet(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    store(s3, "", rejected=[1])
    cells = {"M": {name: {"S": "=1+1"} for name in RECORD}}
    reasons = {"L": [{"S": "@SUM(1)"}, {"S": "=2"}]}
    store_reject(dynamodb, 1, fields=cells, reasons=reasons, raw={"S": "-1,=2"})
    merge(1)
    (_, reject) = parse_rows(read_object(s3, REJECTS).decode())
    assert reject == ["1", "2", "'@SUM(1); =2", *["'=1+1"] * len(RECORD), "'-1,=2"]


def test_defect_15_rejects_of_other_runs_are_not_counted(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    store(s3, row("A"), rejected=[2])
    store_reject(dynamodb, 2)
    store_reject(dynamodb, 2, attempt_id="another attempt")
    assert merge(2)["rows_rejected"] == 1


def test_rejects_of_an_earlier_try_at_a_chunk_are_passed_over(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    """The first try found no financial data for rows 1, 3 and 4, and the second only none for 3."""
    store(s3, row("A"), row("B") + row("D"), rejected=[3])
    store_reject(dynamodb, 1, chunk=0)
    for number in (3, 4):
        store_reject(dynamodb, number, chunk=1)
    assert merge(4)["rows_rejected"] == 1
    (_, reject) = parse_rows(read_object(s3, REJECTS).decode())
    assert reject[0] == "3"


def test_a_rejected_row_without_its_reject_does_not_add_up(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    store(s3, row("A"), rejected=[2, 3])
    store_reject(dynamodb, 2)
    store_reject(dynamodb, 4)
    with pytest.raises(RowsDoNotAddUp, match="3 rows in, but 1 rows out and 1 rejected"):
        merge(3)


def test_all_pages_of_rejects_are_counted(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    store(s3, "", rejected=range(1, 31))
    for number in range(1, 31):
        store_reject(dynamodb, number, raw={"S": "x" * 60_000})
    page = dynamodb.query(
        TableName=ERRORS_TABLE,
        KeyConditionExpression="chunk = :chunk",
        ExpressionAttributeValues={":chunk": {"S": keys.rejects_of_chunk("r", 0)}},
    )
    assert "LastEvaluatedKey" in page
    assert merge(30)["rows_rejected"] == 30


def test_a_file_whose_rows_are_all_rejected_has_an_output_with_a_header(
    s3: S3Client, dynamodb: DynamoDBClient, merge: Merge
) -> None:
    store(s3, "", rejected=[1])
    store_reject(dynamodb, 1)
    assert merge(1)["rows_out"] == 0
    assert read_object(s3, OUTPUT) == HEADER


def test_a_large_output_is_uploaded_in_parts_which_an_error_aborts(
    s3: S3Client, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = row("A") * 40_000
    store(s3, half, half)
    assert merge(80_000)["rows_out"] == 80_000
    assert s3.head_object(Bucket=BUCKET, Key=OUTPUT)["ETag"].endswith('-2"')
    monkeypatch.setattr(app.S3, "complete_multipart_upload", raising("InternalError", 500))
    with pytest.raises(ClientError):
        merge(80_000)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_a_merge_whose_time_is_up_goes_on_in_the_next_call(
    s3: S3Client,
    dynamodb: DynamoDBClient,
    context: LambdaContext,
    merge: Merge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of three chunks, the first fills a part of the upload, and the last has a reject."""
    store(s3, row("A") * 80_000, row("B"), "", rejected=[80_002])
    store_reject(dynamodb, 80_002, chunk=2)
    expected = merge(80_002)
    expected_bytes = [read_object(s3, key) for key in (OUTPUT, REJECTS)]
    monkeypatch.setenv("BUDGET_SECONDS", "0")
    event: dict[str, Any] = {"attempt_id": "r", "key": KEY, "manifest_key": keys.manifest("r")}
    results: list[Any] = [{"checkpoint": None}]
    while "checkpoint" in results[-1]:
        results.append(app.handler(event | {"rows_in": 80_002} | results[-1], context))
    assert [result.get("checkpoint") for result in results[1:]] == [
        *[f"work/r/merge/{number:06d}" for number in (1, 2, 3)],
        None,
    ]
    for version in ("output_version_id", "rejects_version_id"):
        assert results[-1].pop(version) != expected.pop(version)
    assert results[-1] == expected
    assert [read_object(s3, key) for key in (OUTPUT, REJECTS)] == expected_bytes
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)


def test_a_call_that_dies_leaves_the_upload_to_the_next_one(
    s3: S3Client, context: LambdaContext, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(s3, row("A") * 80_000, row("B"))
    monkeypatch.setenv("BUDGET_SECONDS", "0")
    event = {"attempt_id": "r", "key": KEY, "manifest_key": keys.manifest("r"), "rows_in": 80_001}
    event |= merge(80_001)
    with monkeypatch.context() as patch:
        patch.setattr(app.S3, "put_object", raising("InternalError", 500))
        with pytest.raises(ClientError):
            app.handler(event, context)
    assert len(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]) == 1
    for _ in range(2):
        event |= app.handler(event, context)
    assert event["rows_out"] == 80_001
    assert read_object(s3, OUTPUT) == HEADER + (row("A") * 80_000 + row("B")).encode()


def begin_merge(
    s3: S3Client, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Any], str]:
    """Merge one of two chunks; return the event of the next call, and the id of the upload."""
    store(s3, row("A") * 80_000, row("B"))
    event = {"attempt_id": "r", "key": KEY, "manifest_key": keys.manifest("r"), "rows_in": 80_001}
    with monkeypatch.context() as patch:
        patch.setenv("BUDGET_SECONDS", "0")
        checkpoint = merge(80_001)
    (upload,) = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    return event | checkpoint, upload["UploadId"]


def test_a_merge_whose_upload_is_gone_begins_again(
    s3: S3Client, context: LambdaContext, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, upload_id = begin_merge(s3, merge, monkeypatch)
    s3.abort_multipart_upload(Bucket=BUCKET, Key=OUTPUT, UploadId=upload_id)
    upload_part, gone = app.S3.upload_part, raising("NoSuchUpload", 404)

    def answer(**arguments: Any) -> Any:
        """Answer as S3 does; moto ends with a KeyError."""
        method = gone if arguments["UploadId"] == upload_id else upload_part
        return method(**arguments)

    monkeypatch.setattr(app.S3, "upload_part", answer)
    event |= app.handler(event, context)
    assert event["rows_out"] == 80_001
    assert len(output_countries(s3)) == 80_001


def test_a_merge_of_which_another_call_has_replaced_a_part_begins_again(
    s3: S3Client, context: LambdaContext, merge: Merge, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, upload_id = begin_merge(s3, merge, monkeypatch)
    s3.upload_part(
        Bucket=BUCKET,
        Key=OUTPUT,
        UploadId=upload_id,
        PartNumber=1,
        Body=b"x" * PART_BYTES,
        ChecksumAlgorithm="CRC32",
    )
    event |= app.handler(event, context)
    assert event["rows_out"] == 80_001
    assert read_object(s3, OUTPUT) == HEADER + (row("A") * 80_000 + row("B")).encode()


def test_defect_1_the_input_is_not_touched(s3: S3Client, merge: Merge) -> None:
    version = put_object(s3, KEY, b"as uploaded")
    store(s3, row("A"))
    merge(1)
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"] == version
