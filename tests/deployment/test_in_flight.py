"""deployment/in_flight.py: what is not finished, whichever Region can tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deployment import in_flight

EAST, WEST = "us-east-1", "us-west-2"
TABLE = "batch-state-test"


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    given = ["in_flight.py", "--table", TABLE, "--bucket", "bucket-{region}", EAST, WEST]
    monkeypatch.setattr("sys.argv", given)
    with mock_aws():
        yield


def _table(region: str) -> Any:
    names = ("run_id", "status", "started_at")
    return boto3.resource("dynamodb", region).create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "run_id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-status",
                "KeySchema": [
                    {"AttributeName": "status", "KeyType": "HASH"},
                    {"AttributeName": "started_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


def _row(name: str, **changes: Any) -> dict[str, Any]:
    age = changes.pop("age", timedelta(minutes=2, seconds=5))
    return {
        "run_id": name,
        "key": f"input/{name}.csv",
        "version_id": "v",
        "status": "STARTED",
        "region": EAST,
        "attempt": 1,
        "started_at": (datetime.now(UTC) - age).isoformat(timespec="milliseconds"),
        **changes,
    }


def _shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    in_flight.main()
    return capsys.readouterr().out.splitlines()


def test_started_and_lately_failed_files_are_shown_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = _table(EAST)
    table.put_item(Item=_row("begun", attempt=3))
    table.put_item(Item=_row("failed", status="FAILED"))
    table.put_item(Item=_row("done", status="COMPLETED"))
    table.put_item(Item=_row("long-ago", status="FAILED", age=timedelta(hours=49)))
    heading, *lines = _shown(capsys)
    assert heading == "  in flight: 2 files"
    assert [line.split()[-1] for line in lines] == ["input/begun.csv", "input/failed.csv"]
    assert lines[0].split()[:4] == ["0:02:05", "STARTED", EAST, "#3"]


def test_a_file_tells_whether_s3_has_replicated_it_or_lacks_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, s3 = _table(EAST), boto3.client("s3", EAST)
    s3.create_bucket(Bucket=f"bucket-{EAST}")
    s3.put_bucket_versioning(Bucket=f"bucket-{EAST}", VersioningConfiguration={"Status": "Enabled"})
    put = s3.put_object(Bucket=f"bucket-{EAST}", Key="input/here.csv", Body=b"1")
    table.put_item(Item=_row("here", version_id=put["VersionId"]))
    table.put_item(Item=_row("gone", age=timedelta(minutes=1)))
    _, here, gone = _shown(capsys)
    assert here.split()[4] == "-"
    assert "no object (ClientError)" in gone


def test_a_region_that_does_not_answer_is_named_and_the_others_copy_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _table(WEST).put_item(Item=_row("begun", region=WEST))
    in_flight.main()
    printed = capsys.readouterr()
    assert f"does not answer in {EAST}" in printed.err
    assert "in flight: 1 files" in printed.out


def test_no_region_that_answers_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        in_flight.main()
    assert end.value.code == 1
    assert f"does not answer in {WEST}" in capsys.readouterr().err


def test_of_very_many_files_the_oldest_are_shown_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_flight, "SHOWN", 2)
    table = _table(EAST)
    for minutes in (1, 3, 2):
        table.put_item(Item=_row(f"m{minutes}", age=timedelta(minutes=minutes)))
    heading, first, second, rest = _shown(capsys)
    assert heading == "  in flight: 3 files"
    assert [line.split()[-1] for line in (first, second)] == ["input/m3.csv", "input/m2.csv"]
    assert rest == "  … and 1 more"
