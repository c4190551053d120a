"""The splitter against S3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from common import keys
from splitter import app
from splitter.input_refused import InputRefused
from splitter.split import Split
from tests.unit.support import BUCKET, GOOD, body_of, csv_file, given, put

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

KEY = "input/a b.csv"
ROW = list(GOOD.values())


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, app.settings, BUCKET=BUCKET, CHUNK_RECORDS="2")


def run(context: LambdaContext, version: str) -> Split:
    return app.handler({"run_id": "r", "key": KEY, "version_id": version}, context)


def test_the_manifest_names_every_chunk_in_order(s3: S3Client, context: LambdaContext) -> None:
    result = run(context, put(s3, KEY, csv_file(ROW, ROW, ROW)))
    assert result == {"manifest_key": "work/r/manifest.jsonl", "chunks": 2, "rows_in": 3}
    manifest = [json.loads(one) for one in body_of(s3, result["manifest_key"]).splitlines()]
    assert manifest == [
        {"index": 0, "key": "work/r/chunks/000000.csv", "first_row": 1, "rows": 2},
        {"index": 1, "key": "work/r/chunks/000001.csv", "first_row": 3, "rows": 1},
    ]


def test_chunks_are_comma_crlf_and_without_header(s3: S3Client, context: LambdaContext) -> None:
    run(context, put(s3, KEY, csv_file(ROW, ["a"])))
    assert body_of(s3, keys.chunk("r", 0)) == (",".join(ROW) + "\r\na\r\n").encode()


def test_the_version_of_the_run_is_split_not_the_newest(
    s3: S3Client, context: LambdaContext
) -> None:
    first = put(s3, KEY, csv_file(ROW, ROW))
    put(s3, KEY, csv_file(ROW))
    assert run(context, first)["rows_in"] == 2


def test_splitting_again_writes_the_same_bytes(s3: S3Client, context: LambdaContext) -> None:
    version = put(s3, KEY, csv_file(ROW, ROW, ROW))
    names = (keys.chunk("r", 0), keys.chunk("r", 1), keys.manifest("r"))
    first = run(context, version), [body_of(s3, name) for name in names]
    again = run(context, version), [body_of(s3, name) for name in names]
    assert first == again


def test_defect_1_the_input_stays_where_it_is(s3: S3Client, context: LambdaContext) -> None:
    version = put(s3, KEY, csv_file(ROW))
    run(context, version)
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"] == version


def test_defect_14_a_header_alone_is_refused_and_leaves_no_manifest(
    s3: S3Client, context: LambdaContext
) -> None:
    version = put(s3, KEY, csv_file())
    with pytest.raises(InputRefused, match="a header and no records"):
        run(context, version)
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [KEY]


def test_a_file_that_is_refused_late_leaves_no_manifest(
    s3: S3Client, context: LambdaContext
) -> None:
    version = put(s3, KEY, csv_file(ROW, ROW, ROW) + b'"open')
    with pytest.raises(InputRefused, match="line 5"):
        run(context, version)
    stored = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys.manifest("r") not in stored


def test_a_tab_can_be_written_in_a_makefile(
    s3: S3Client, context: LambdaContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, app.settings, DELIMITER="\\t")
    assert run(context, put(s3, KEY, csv_file(ROW).replace(b",", b"\t")))["rows_in"] == 1


def test_one_metric_a_file_and_no_record_in_the_logs(
    s3: S3Client,
    context: LambdaContext,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(context, put(s3, KEY, csv_file(ROW)))
    (metric,) = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert metric["InputFilesSplit"] == [1.0]
    assert [record.getMessage() for record in caplog.records] == ["Split"]
    assert "Tuvalu" not in str([vars(record) for record in caplog.records])
