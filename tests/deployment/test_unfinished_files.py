"""deployment/deployer/unfinished_files.py: lists unfinished files, if one Region answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from common.attempts import AttemptId
from common.runs import InputVersion, attempt_item
from deployment.deployer import unfinished_files
from deployment.deployer.aws import Aws
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Plan
from deployment.deployer.unfinished_files import show_unfinished_files
from tests.deployment.fakes import plan
from tests.state_table import create_state_table

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"
PLAN = plan(primary_region=EAST, secondary_region=WEST)
BUCKET = PLAN.bucket(ACCOUNT, EAST)
pytestmark = pytest.mark.usefixtures("moto")


def create_table(region: str) -> Any:
    create_state_table(boto3.client("dynamodb", region), "batch-state-x")
    return boto3.resource("dynamodb", region).Table("batch-state-x")


def attempt(name: str, number: int = 1, region: str = EAST, **changes: Any) -> dict[str, Any]:
    """An attempt's item; `name` is the run's id, too."""
    version = InputVersion(f"input/{name}.csv", "v", 1)
    age = changes.pop("age", timedelta(minutes=2, seconds=5))
    started_at = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
    item = attempt_item(AttemptId(name, number), region, version, started_at=started_at)
    return item | changes


def printed_lines(capsys: pytest.CaptureFixture[str], settings: Plan = PLAN) -> list[str]:
    show_unfinished_files(Aws(), settings, ACCOUNT)
    return capsys.readouterr().out.splitlines()


def states(lines: list[str]) -> dict[str, list[str]]:
    """State, Region and number of the latest attempt, by the run's id."""
    return {words[-2]: words[1:4] for words in map(str.split, lines)}


def test_started_and_recently_failed_files_are_shown_and_no_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("started", number=3, age=timedelta(minutes=2, seconds=6)))
    table.put_item(Item=attempt("failed", status="FAILED"))
    table.put_item(Item=attempt("completed", status="COMPLETED"))
    table.put_item(Item=attempt("long-ago", status="FAILED", age=timedelta(hours=49)))
    heading, *lines = printed_lines(capsys)
    assert heading == "  in flight: 2 files"
    assert [line.split()[-1] for line in lines] == ["input/started.csv", "input/failed.csv"]
    assert lines[0].split()[0].startswith("0:02:")
    assert states(lines)["started"] == ["STARTED", EAST, "#3"]


def test_failed_files_are_those_that_a_failover_would_try_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("yesterday", status="FAILED", age=timedelta(hours=25)))
    day = plan(primary_region=EAST, secondary_region=WEST, failed_hours="24")
    assert printed_lines(capsys, day) == ["  in flight: 0 files"]


def test_a_line_shows_the_run_as_the_attempts_of_both_regions_say_together(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("taken-over", status="FAILED"))
    table.put_item(Item=attempt("taken-over", 2, WEST))
    table.put_item(Item=attempt("twice", status="FAILED"))
    table.put_item(Item=attempt("twice", region=WEST))
    heading, *lines = printed_lines(capsys)
    assert heading == "  in flight: 2 files"
    assert states(lines) == {
        "taken-over": ["STARTED", WEST, "#2"],
        "twice": ["STARTED", WEST, "#1"],
    }


def test_an_attempt_that_was_left_started_does_not_make_a_closed_run_unfinished(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    for name, status in (("completed", "COMPLETED"), ("given-up", "GIVEN_UP")):
        table.put_item(Item=attempt(name))
        table.put_item(Item=attempt(name, 2, WEST, status=status))
    assert printed_lines(capsys) == ["  in flight: 0 files"]


def test_a_file_whose_attempt_gave_way_to_none_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("left", status="SUPERSEDED"))
    table.put_item(Item=attempt("long-ago", status="SUPERSEDED", age=timedelta(hours=169)))
    _, *lines = printed_lines(capsys)
    assert states(lines) == {"left": ["SUPERSEDED", EAST, "#1"]}


def test_a_file_of_which_nobody_knows_whether_it_was_mailed_is_uncertain(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("claimed", mail_claim="c"))
    table.put_item(Item=attempt("claimed", 2, WEST, status="SUPERSEDED"))
    _, *lines = printed_lines(capsys)
    assert states(lines)["claimed"] == ["UNCERTAIN", WEST, "#2"]


def test_a_line_shows_whether_s3_has_replicated_the_file_or_lacks_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table, s3 = create_table(EAST), boto3.client("s3", EAST)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key="input/here.csv", Body=b"1")["VersionId"]
    table.put_item(Item=attempt("here", copy_version_id=version))
    table.put_item(Item=attempt("missing", age=timedelta(minutes=1)))
    _, here, missing = printed_lines(capsys)
    assert here.split()[4] == "-"
    assert "no object (404)" in missing


def test_a_region_that_does_not_answer_is_named_and_the_other_copy_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    create_table(WEST).put_item(Item=attempt("started", region=WEST))
    show_unfinished_files(Aws(), PLAN, ACCOUNT)
    printed = capsys.readouterr()
    assert f"does not answer in {EAST}" in printed.err
    assert "in flight: 1 files" in printed.out


def test_no_region_that_answers_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeployError, match="answers in neither Region"):
        show_unfinished_files(Aws(), PLAN, ACCOUNT)
    assert f"does not answer in {WEST}" in capsys.readouterr().err


def test_a_bucket_that_does_not_answer_is_said_to_be_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down:
        def head_object(self, **_params: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://s3.example")

    create_table(EAST).put_item(Item=attempt("started"))
    aws = Aws()
    answering = aws.client

    def client(service: str, *arguments: Any) -> Any:
        return Down() if service == "s3" else answering(service, *arguments)

    monkeypatch.setattr(aws, "client", client)
    show_unfinished_files(aws, PLAN, ACCOUNT)
    assert " no answer " in capsys.readouterr().out


def test_of_very_many_files_the_oldest_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished_files, "MOST_LINES", 2)
    table = create_table(EAST)
    for minutes in (1, 3, 2):
        table.put_item(Item=attempt(f"m{minutes}", age=timedelta(minutes=minutes)))
    heading, first, second, count = printed_lines(capsys)
    assert heading == "  in flight: 3 files"
    assert [line.split()[-1] for line in (first, second)] == ["input/m3.csv", "input/m2.csv"]
    assert count == "  … and 1 more"


def test_what_is_invisible_in_the_name_of_a_file_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    create_table(EAST).put_item(Item=attempt("a", key="input/a\n\u202eb.csv"))
    _heading, line = printed_lines(capsys)
    assert line.endswith("input/a<U+000A><U+202E>b.csv")
