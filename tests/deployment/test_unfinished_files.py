"""deployment/deployer/unfinished_files.py: lists unfinished files, if one Region answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from deployment.deployer import unfinished_files
from deployment.deployer.aws import Aws
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Plan
from deployment.deployer.unfinished_files import show_unfinished_files
from tests.deployment.fakes import plan

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"
PLAN = plan(primary_region=EAST, secondary_region=WEST)
BUCKET = PLAN.bucket(ACCOUNT, EAST)
pytestmark = pytest.mark.usefixtures("moto")


def create_table(region: str) -> Any:
    names = ("run_id", "status", "started_at")
    return boto3.resource("dynamodb", region).create_table(
        TableName="batch-state-x",
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


def row(name: str, **changes: Any) -> dict[str, Any]:
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


def printed_lines(capsys: pytest.CaptureFixture[str], settings: Plan = PLAN) -> list[str]:
    show_unfinished_files(Aws(), settings, ACCOUNT)
    return capsys.readouterr().out.splitlines()


def test_started_and_recently_failed_files_are_shown_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=row("started", attempt=3))
    table.put_item(Item=row("failed", status="FAILED"))
    table.put_item(Item=row("completed", status="COMPLETED"))
    table.put_item(Item=row("long-ago", status="FAILED", age=timedelta(hours=49)))
    heading, *lines = printed_lines(capsys)
    assert heading == "  in flight: 2 files"
    assert [line.split()[-1] for line in lines] == ["input/started.csv", "input/failed.csv"]
    age, *columns = lines[0].split()
    assert age.startswith("0:02:")
    assert columns[:3] == ["STARTED", EAST, "#3"]


def test_failed_files_are_those_that_a_failover_would_try_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=row("yesterday", status="FAILED", age=timedelta(hours=25)))
    day = plan(primary_region=EAST, secondary_region=WEST, failed_hours="24")
    assert printed_lines(capsys, day) == ["  in flight: 0 files"]


def test_a_line_shows_whether_s3_has_replicated_the_file_or_lacks_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, s3 = create_table(EAST), boto3.client("s3", EAST)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key="input/here.csv", Body=b"1")["VersionId"]
    table.put_item(Item=row("here", version_id=version))
    table.put_item(Item=row("missing", age=timedelta(minutes=1)))
    _, here, missing = printed_lines(capsys)
    assert here.split()[4] == "-"
    assert "no object (ClientError)" in missing


def test_a_region_that_does_not_answer_is_named_and_the_other_copy_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    create_table(WEST).put_item(Item=row("started", region=WEST))
    show_unfinished_files(Aws(), PLAN, ACCOUNT)
    printed = capsys.readouterr()
    assert f"does not answer in {EAST}" in printed.err
    assert "in flight: 1 files" in printed.out


def test_no_region_that_answers_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeployError, match="answers in neither Region"):
        show_unfinished_files(Aws(), PLAN, ACCOUNT)
    assert f"does not answer in {WEST}" in capsys.readouterr().err


def test_of_very_many_files_the_oldest_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished_files, "MOST_LINES", 2)
    table = create_table(EAST)
    for minutes in (1, 3, 2):
        table.put_item(Item=row(f"m{minutes}", age=timedelta(minutes=minutes)))
    heading, first, second, count = printed_lines(capsys)
    assert heading == "  in flight: 3 files"
    assert [line.split()[-1] for line in (first, second)] == ["input/m3.csv", "input/m2.csv"]
    assert count == "  … and 1 more"
