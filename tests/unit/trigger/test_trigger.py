"""The trigger: DNS decides, the row and the execution come at most once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest

from common import active, keys
from common.active import ActiveRegionUnknown
from common.attempts import marks
from tests.unit.support import STATE, failing, given
from trigger import app

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.usefixtures("dynamodb", "executions", "metadata")

Run = Callable[[dict[str, Any]], Any]
KEY, RUN = "input/año 1+1.csv", keys.run_id("input/año 1+1.csv", "v1")


class ExecutionAlreadyExists(Exception):
    """As botocore makes it."""


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """StartExecution that always succeeds."""
    client = MagicMock()
    client.exceptions.ExecutionAlreadyExists = ExecutionAlreadyExists
    monkeypatch.setattr(app, "STEP_FUNCTIONS", client)
    start: MagicMock = client.start_execution
    return start


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What S3 says of whatever object is asked for."""
    found = {"Metadata": {}, "LastModified": datetime.now(UTC)}
    monkeypatch.setattr(app, "S3", MagicMock(head_object=lambda **_: found))
    return found


@pytest.fixture
def metadata(head: dict[str, Any]) -> dict[str, str]:
    """The user metadata of that object."""
    found: dict[str, str] = head["Metadata"]
    return found


@pytest.fixture
def run(context: LambdaContext, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The handler, in the active Region."""
    given(
        monkeypatch,
        app.settings,
        STATE_TABLE=STATE,
        ORCHESTRATOR_ARN="arn:orchestrator",
        ACTIVE_RECORD="active.batch.internal",
        BUCKET="batch-unit",
        AWS_REGION="us-east-1",
    )
    resolve_to(monkeypatch, b"us-east-1")
    return lambda event: app.handler(event, context)


def resolve_to(monkeypatch: pytest.MonkeyPatch, *values: bytes) -> None:
    answer = [MagicMock(strings=[value[:4], value[4:]]) for value in values]
    monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: answer)


def event(
    key: str = "input/a%C3%B1o+1%2B1.csv", size: int = 5, version: str = "v1"
) -> dict[str, Any]:
    stored = {"key": key, "versionId": version, "size": size, "sequencer": "0055"}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": stored}}]}


def row(dynamodb: DynamoDBClient) -> Any:
    return dynamodb.get_item(TableName=STATE, Key={"run_id": {"S": RUN}}).get("Item")


def set_row(dynamodb: DynamoDBClient, **values: str) -> None:
    attempt = values.pop("attempt", "1")
    item: Any = {name: {"S": value} for name, value in values.items()}
    row = item | {"run_id": {"S": RUN}, "attempt": {"N": attempt}}
    dynamodb.put_item(TableName=STATE, Item=row)


def test_the_active_region_writes_the_row_and_starts_the_run(
    run: Run, executions: MagicMock, dynamodb: DynamoDBClient
) -> None:
    assert run(event()) == {"started": [RUN], "skipped": []}
    stored = row(dynamodb)
    assert stored.pop("started_at") == stored.pop("updated_at")
    assert stored == {
        "run_id": {"S": RUN},
        "key": {"S": KEY},
        "version_id": {"S": "v1"},
        "size": {"N": "5"},
        "status": {"S": "STARTED"},
        "region": {"S": "us-east-1"},
        "attempt": {"N": "1"},
    }
    (call,) = executions.call_args_list
    assert call.kwargs["stateMachineArn"] == "arn:orchestrator"
    assert call.kwargs["name"] == RUN
    expected = {"run_id": RUN, "attempt": 1, "attempt_id": RUN, "key": KEY, "version_id": "v1"}
    assert json.loads(call.kwargs["input"]) == expected


def test_defect_6_keys_are_decoded(run: Run, dynamodb: DynamoDBClient) -> None:
    run(event())
    assert row(dynamodb)["key"] == {"S": "input/año 1+1.csv"}


def test_the_standby_skips_without_a_row_or_a_run(
    run: Run,
    executions: MagicMock,
    dynamodb: DynamoDBClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    resolve_to(monkeypatch, b"us-west-2")
    assert run(event()) == {"started": [], "skipped": [RUN]}
    assert row(dynamodb) is None
    assert not executions.called
    assert "Skipped: this Region is standby" in caplog.text


@pytest.mark.parametrize(
    "error", [dns.resolver.NXDOMAIN, dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout]
)
def test_not_to_know_the_active_region_is_an_error_and_not_standby(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    monkeypatch.setattr(dns.resolver, "resolve", MagicMock(side_effect=error))
    with pytest.raises(error):
        run(event())


def test_two_values_of_the_record_are_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, b"us-east-1", b"us-west-2")
    with pytest.raises(ActiveRegionUnknown):
        run(event())


def test_the_look_up_is_of_the_txt_record_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = MagicMock(return_value=[MagicMock(strings=[b"us-east-1"])])
    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    assert active.active_region("active.x") == "us-east-1"
    resolve.assert_called_once_with("active.x", "TXT", lifetime=active.LIFETIME)


def test_defect_6_the_same_event_again_gives_the_same_execution(
    run: Run, executions: MagicMock, dynamodb: DynamoDBClient
) -> None:
    run(event())
    before = row(dynamodb)
    run(event())
    first, second = executions.call_args_list
    assert first == second
    assert row(dynamodb) == before


def test_defect_6_an_execution_that_has_ended_is_not_an_error(
    run: Run, executions: MagicMock
) -> None:
    executions.side_effect = ExecutionAlreadyExists
    assert run(event()) == {"started": [RUN], "skipped": []}


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "SUPERSEDED"])
def test_defect_6_an_old_event_leaves_a_finished_row_alone(
    run: Run, executions: MagicMock, dynamodb: DynamoDBClient, status: str
) -> None:
    set_row(dynamodb, status=status, region="us-east-1")
    assert run(event()) == {"started": [], "skipped": [RUN]}
    assert not executions.called
    assert row(dynamodb)["status"] == {"S": status}


def test_a_run_that_the_other_region_owns_is_left_to_the_reconciler(
    run: Run, executions: MagicMock, dynamodb: DynamoDBClient
) -> None:
    set_row(dynamodb, status="STARTED", region="us-west-2")
    assert run(event()) == {"started": [], "skipped": [RUN]}
    assert not executions.called


@pytest.mark.parametrize(
    ("status", "region", "minutes", "told"),
    [
        ("STARTED", "us-west-2", 11, True),
        ("FAILED", "us-west-2", 11, True),
        ("STARTED", "us-west-2", 9, False),
        ("COMPLETED", "us-west-2", 11, False),
        ("STARTED", "us-east-1", 11, False),
    ],
)
def test_an_input_that_comes_too_late_for_the_runbook_rings_the_alarm(
    run: Run,
    executions: MagicMock,
    dynamodb: DynamoDBClient,
    head: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    status: str,
    region: str,
    minutes: int,
    told: bool,
) -> None:
    """Its Region had begun it and went out: row and object come when the last pass is long over.

    Found by resilience runs, seeds 74 and 78.
    """
    head["LastModified"] -= timedelta(minutes=minutes)
    set_row(dynamodb, status=status, region=region)
    run(event())
    assert ('"FilesNotReconciled":[1.0]' in capsys.readouterr().out) == told
    assert executions.called == (region == "us-east-1")


def test_an_error_of_step_functions_is_raised_and_the_retry_starts_the_run(
    run: Run, executions: MagicMock
) -> None:
    executions.side_effect = failing("ThrottlingException")
    with pytest.raises(Exception, match="ThrottlingException"):
        run(event())
    executions.side_effect = None
    assert run(event())["started"] == [RUN]


@pytest.mark.parametrize(
    "ignored",
    [event("input/folder/", size=0), event("output/r/a.csv"), {"Event": "s3:TestEvent"}],
    ids=["folder", "output", "test event"],
)
def test_what_is_no_input_is_ignored(
    run: Run, executions: MagicMock, ignored: dict[str, Any]
) -> None:
    assert run(ignored) == {"started": [], "skipped": []}
    assert not executions.called


def test_an_empty_file_is_an_input_and_gets_its_refusal_from_the_splitter(run: Run) -> None:
    assert len(run(event(size=0))["started"]) == 1


def copied(metadata: dict[str, str], attempt: int) -> dict[str, Any]:
    """The event of a copy that the reconciler made of version v1."""
    metadata |= marks(RUN, "v1", attempt)
    return event(version="v2")


def test_a_requeued_copy_goes_on_with_the_run_of_its_original(
    run: Run, executions: MagicMock, dynamodb: DynamoDBClient, metadata: dict[str, str]
) -> None:
    set_row(dynamodb, status="STARTED", region="us-east-1", attempt="2")
    before = row(dynamodb)
    assert run(copied(metadata, 2)) == {"started": [RUN], "skipped": []}
    assert executions.call_args.kwargs["name"] == f"{RUN}-2"
    assert json.loads(executions.call_args.kwargs["input"]) == {
        "run_id": RUN,
        "attempt": 2,
        "attempt_id": f"{RUN}-2",
        "key": KEY,
        "version_id": "v2",
    }
    assert row(dynamodb) == before


@pytest.mark.parametrize(
    ("status", "region", "attempt"),
    [
        ("COMPLETED", "us-east-1", "2"),
        ("STARTED", "us-west-2", "2"),
        ("STARTED", "us-east-1", "3"),
        ("STARTED", "us-east-1", "1"),
    ],
)
def test_a_requeued_copy_whose_row_does_not_say_so_starts_nothing(
    run: Run,
    executions: MagicMock,
    dynamodb: DynamoDBClient,
    metadata: dict[str, str],
    status: str,
    region: str,
    attempt: str,
) -> None:
    set_row(dynamodb, status=status, region=region, attempt=attempt)
    assert run(copied(metadata, 2)) == {"started": [], "skipped": [RUN]}
    assert not executions.called


def test_a_requeued_copy_without_a_row_makes_none(
    run: Run, dynamodb: DynamoDBClient, metadata: dict[str, str]
) -> None:
    assert run(copied(metadata, 2)) == {"started": [], "skipped": [RUN]}
    assert row(dynamodb) is None


def test_a_late_event_of_the_upload_leaves_a_later_attempt_alone(
    run: Run, executions: MagicMock, dynamodb: DynamoDBClient
) -> None:
    set_row(dynamodb, status="STARTED", region="us-east-1", attempt="2")
    assert run(event()) == {"started": [], "skipped": [RUN]}
    assert not executions.called


def test_a_copy_that_a_user_makes_under_another_key_is_an_upload(
    run: Run, metadata: dict[str, str]
) -> None:
    metadata |= marks(keys.run_id("input/other.csv", "v1"), "v1", 2)
    assert run(event())["started"] == [RUN]
