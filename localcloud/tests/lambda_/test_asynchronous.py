"""Asynchronous events are retried, and end at a destination; on a manual clock no wait lasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.lambda_.executor import Throttled
from tests.lambda_.conftest import Bench

FAILS = (
    "def handler(e, c):\n"
    " open(e['log'], 'a').write(c.aws_request_id + '\\n')\n"
    " raise ValueError('bad')"
)


def _queue(bench: Bench, name: str) -> tuple[str, str]:
    url = bench.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:123456789012:{name}"


def _messages(bench: Bench, url: str) -> list[dict[str, Any]]:
    answer = bench.client("sqs").receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def _attempts(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def test_an_event_that_fails_is_tried_three_times_and_recorded(
    bench: Bench, tmp_path: Path
) -> None:
    url, arn = _queue(bench, "failures")
    name = bench.function(FAILS)
    bench.api.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    event = {"log": str(tmp_path / "attempts")}
    response = bench.run(name, event, invocation_type="Event")
    assert (response.status, response.payload) == (202, b"")
    assert bench.service.queue.settled()
    assert _attempts(tmp_path / "attempts") == [response.request_id] * 3
    (message,) = _messages(bench, url)
    record = json.loads(message["Body"])
    assert record["requestContext"] == {
        "requestId": response.request_id,
        "functionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert record["requestPayload"] == event
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorMessage"] == "bad"


def test_a_throttled_event_waits_and_that_is_no_attempt(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "Lambda returns the event to the queue and attempts to run the function again for up to 6
    hours": https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    left = iter(range(8))

    def gate(_region: str) -> None:
        if next(left, None) is not None:
            raise Throttled("ConcurrentInvocationLimitExceeded")

    monkeypatch.setattr(bench.service.executor, "gates", [gate])
    name = bench.function(FAILS)
    bench.run(name, {"log": str(tmp_path / "attempts")}, invocation_type="Event")
    assert bench.service.queue.settled()
    assert list(left) == []
    assert len(_attempts(tmp_path / "attempts")) == 3


def test_an_event_that_is_throttled_for_six_hours_is_given_up(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gate(_region: str) -> None:
        raise Throttled("ConcurrentInvocationLimitExceeded")

    url, arn = _queue(bench, "failures")
    name = bench.function(FAILS)
    bench.api.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    monkeypatch.setattr(bench.service.executor, "gates", [gate])
    bench.run(name, {"log": str(tmp_path / "attempts")}, invocation_type="Event")
    assert bench.service.queue.settled()
    (message,) = _messages(bench, url)
    context = json.loads(message["Body"])["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("EventAgeExceeded", 0)


def test_settings_of_latest_are_those_of_a_call_without_a_qualifier(
    bench: Bench, tmp_path: Path
) -> None:
    """SAM's EventInvokeConfig stores them under ``$LATEST``; S3 and EventBridge name none."""
    url, arn = _queue(bench, "of-latest")
    name = bench.function(FAILS)
    bench.api.put_function_event_invoke_config(
        FunctionName=name,
        Qualifier="$LATEST",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    bench.run(name, {"log": str(tmp_path / "attempts")}, invocation_type="Event")
    assert bench.service.queue.settled()
    (message,) = _messages(bench, url)
    assert json.loads(message["Body"])["requestContext"]["approximateInvokeCount"] == 1
    config = bench.api.get_function_event_invoke_config(FunctionName=name)
    assert config["FunctionArn"].endswith(f":{name}:$LATEST")


def test_retries_can_be_turned_off(bench: Bench, tmp_path: Path) -> None:
    name = bench.function(FAILS)
    bench.api.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    event = {"log": str(tmp_path / "attempts")}
    bench.run(name, event, invocation_type="Event")
    assert bench.service.queue.settled()
    assert len(_attempts(tmp_path / "attempts")) == 1


def test_an_event_past_its_age_is_given_up(bench: Bench, tmp_path: Path) -> None:
    url, arn = _queue(bench, "old")
    name = bench.function(FAILS)
    bench.api.put_function_event_invoke_config(
        FunctionName=name,
        MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    bench.run(name, {"log": str(tmp_path / "attempts")}, invocation_type="Event")
    assert bench.service.queue.settled()
    # The first retry comes after one minute, the second after two more.
    assert len(_attempts(tmp_path / "attempts")) == 2
    (message,) = _messages(bench, url)
    assert json.loads(message["Body"])["requestContext"]["condition"] == "EventAgeExceeded"


def test_a_success_has_a_destination_of_its_own(bench: Bench) -> None:
    url, arn = _queue(bench, "succeeded")
    name = bench.function("def handler(e, c): return 'well'")
    bench.api.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": arn}}
    )
    bench.run(name, {}, invocation_type="Event")
    assert bench.service.queue.settled()
    (message,) = _messages(bench, url)
    assert json.loads(message["Body"])["responsePayload"] == "well"


def test_with_no_concurrency_at_all_an_event_goes_to_its_destination_at_once(
    bench: Bench,
) -> None:
    url, arn = _queue(bench, "stopped")
    name = bench.function("def handler(e, c): pass")
    bench.api.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    bench.api.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    bench.run(name, {}, invocation_type="Event")
    assert bench.service.queue.settled()
    (message,) = _messages(bench, url)
    assert json.loads(message["Body"])["requestContext"]["approximateInvokeCount"] == 0


@pytest.mark.parametrize("target", ["events:{}:event-bus/b", "sns:{}:t", "lambda:{}:function:f"])
def test_a_destination_that_is_no_queue_is_refused(bench: Bench, refused: Any, target: str) -> None:
    name = bench.function("def handler(e, c): pass")
    arn = f"arn:aws:{target.format('us-east-1:123456789012')}"
    with refused("LocalCloudNotEmulated", f"the Lambda destination {arn}"):
        bench.api.put_function_event_invoke_config(
            FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
        )


def test_asynchronous_settings_have_aws_bounds(bench: Bench, refused: Any) -> None:
    name = bench.function("def handler(e, c): pass")
    with refused("ResourceNotFoundException", "doesn't have an EventInvokeConfig"):
        bench.api.get_function_event_invoke_config(FunctionName=name)
    with refused("ValidationException", "maximumRetryAttempts"):
        bench.api.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=3)
