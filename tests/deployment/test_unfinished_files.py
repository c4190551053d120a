"""deployment/deployer/unfinished_files.py: what is in flight, and what failed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from common.attempts import AttemptId
from common.runs import InputVersion, attempt_item
from deployment.deployer import unfinished_files
from deployment.deployer.aws import QUICK, Aws
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Plan
from deployment.deployer.unfinished_files import unfinished_files_lines
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


def lists(settings: Plan = PLAN) -> tuple[list[str], list[str]]:
    """The lines about what is in flight, then those about what failed, each with its heading."""
    lines = unfinished_files_lines(Aws(), settings, ACCOUNT)
    second = next(number for number, line in enumerate(lines) if line.startswith("failed"))
    return lines[:second], lines[second:]


def states(lines: list[str]) -> dict[str, list[str]]:
    """State, Region and number of the latest attempt, by the run's id."""
    return {words[-2]: words[1:4] for words in map(str.split, lines)}


NO_FAILURES = ["failed in the last 48 hours: 0 files"]


def test_files_at_work_are_in_flight_and_those_that_failed_recently_are_listed_apart() -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("started", number=3, age=timedelta(minutes=2, seconds=6)))
    table.put_item(Item=attempt("failed", status="FAILED"))
    table.put_item(Item=attempt("completed", status="COMPLETED"))
    table.put_item(Item=attempt("long-ago", status="FAILED", age=timedelta(hours=49)))
    (in_flight, started), (failures, failed) = lists()
    assert in_flight == "in flight: 1 files"
    assert started.split()[0].startswith("0:02:")
    assert states([started]) == {"started": ["STARTED", EAST, "#3"]}
    assert failures == "failed in the last 48 hours: 1 files"
    assert failed.endswith("input/failed.csv")


def test_failed_files_are_those_that_a_failover_would_try_again() -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("yesterday", status="FAILED", age=timedelta(hours=25)))
    day = plan(primary_region=EAST, secondary_region=WEST, failed_hours="24")
    assert lists(day) == (["in flight: 0 files"], ["failed in the last 24 hours: 0 files"])


def test_a_line_shows_the_run_as_the_attempts_of_both_regions_say_together() -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("taken-over", status="FAILED"))
    table.put_item(Item=attempt("taken-over", 2, WEST))
    table.put_item(Item=attempt("twice", status="FAILED"))
    table.put_item(Item=attempt("twice", region=WEST))
    (heading, *lines), failures = lists()
    assert heading == "in flight: 2 files"
    assert states(lines) == {
        "taken-over": ["STARTED", WEST, "#2"],
        "twice": ["STARTED", WEST, "#1"],
    }
    assert failures == NO_FAILURES


def test_an_attempt_that_was_left_started_does_not_make_a_closed_run_unfinished() -> None:
    table = create_table(EAST)
    for name, status in (("completed", "COMPLETED"), ("given-up", "GIVEN_UP")):
        table.put_item(Item=attempt(name))
        table.put_item(Item=attempt(name, 2, WEST, status=status))
    table.put_item(Item=attempt("third"))
    table.put_item(Item=attempt("third", 2, WEST, status="FAILED", age=timedelta(hours=50)))
    table.put_item(Item=attempt("third", 3, EAST, status="COMPLETED"))
    assert lists() == (["in flight: 0 files"], NO_FAILURES)


def test_a_hundred_files_in_flight_take_few_calls() -> None:
    table = create_table(EAST)
    with table.batch_writer() as batch:
        for number in range(100):
            batch.put_item(Item=attempt(f"run-{number}"))
    aws, calls = Aws(), []
    for service in ("dynamodb", "s3"):
        events = aws.client(service, EAST, QUICK).meta.events
        events.register("before-call", lambda model, **_: calls.append(model.name))
    assert unfinished_files_lines(aws, PLAN, ACCOUNT)[0] == "in flight: 100 files"
    assert Counter(calls) == {"Query": 3, "BatchGetItem": 3, "HeadObject": 20}


def test_a_file_whose_attempt_gave_way_to_none_is_shown() -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("left", status="SUPERSEDED"))
    table.put_item(Item=attempt("long-ago", status="SUPERSEDED", age=timedelta(hours=169)))
    (_, *lines), _failures = lists()
    assert states(lines) == {"left": ["SUPERSEDED", EAST, "#1"]}


def test_a_file_of_which_nobody_knows_whether_it_was_mailed_is_uncertain() -> None:
    table = create_table(EAST)
    table.put_item(Item=attempt("claimed", mail_claim="c"))
    table.put_item(Item=attempt("claimed", 2, WEST, status="SUPERSEDED"))
    (_, *lines), _failures = lists()
    assert states(lines)["claimed"] == ["UNCERTAIN", WEST, "#2"]


def test_a_line_shows_whether_s3_has_replicated_the_file_or_lacks_it() -> None:
    table, s3 = create_table(EAST), boto3.client("s3", EAST)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key="input/here.csv", Body=b"1")["VersionId"]
    table.put_item(Item=attempt("here", copy_version_id=version))
    table.put_item(Item=attempt("missing", age=timedelta(minutes=1)))
    (_, here, missing), _failures = lists()
    assert here.split()[4] == "-"
    assert "no object (404)" in missing


def test_a_region_that_does_not_answer_is_named_and_the_other_copy_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    create_table(WEST).put_item(Item=attempt("started", region=WEST))
    (heading, _line), _failures = lists()
    assert heading == "in flight: 1 files"
    assert f"does not answer in {EAST}" in capsys.readouterr().err


def test_no_region_that_answers_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeployError, match="answers in neither Region"):
        lists()
    assert f"does not answer in {WEST}" in capsys.readouterr().err


def test_a_bucket_that_does_not_answer_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Down:
        def head_object(self, **_params: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://s3.example")

    create_table(EAST).put_item(Item=attempt("started"))
    aws = Aws()
    answering = aws.client

    def client(service: str, *arguments: Any) -> Any:
        return Down() if service == "s3" else answering(service, *arguments)

    monkeypatch.setattr(aws, "client", client)
    assert " no answer " in unfinished_files_lines(aws, PLAN, ACCOUNT)[1]


@pytest.mark.parametrize("status", ["STARTED", "FAILED"])
def test_of_very_many_files_the_oldest_are_shown_and_the_others_counted(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished_files, "MOST_LINES", 2)
    table = create_table(EAST)
    for minutes in (1, 3, 2):
        age = timedelta(minutes=minutes)
        table.put_item(Item=attempt(f"m{minutes}", age=age, status=status))
    heading, first, second, count = max(lists(), key=len)
    assert heading.endswith(": 3 files")
    assert [line.split()[-1] for line in (first, second)] == ["input/m3.csv", "input/m2.csv"]
    assert count == "… and 1 more"
    monkeypatch.setattr(unfinished_files, "MOST_LINES", 3)
    assert len(max(lists(), key=len)) == 4


def test_what_is_invisible_in_the_name_of_a_file_is_shown() -> None:
    create_table(EAST).put_item(Item=attempt("a", key="input/a\n\u202eb.csv"))
    (_heading, line), _failures = lists()
    assert line.endswith("input/a<U+000A><U+202E>b.csv")
