"""deployment/deployer/failed_events.py: replays what a function gave up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deployment.deployer.active_region import FunctionFailed
from deployment.deployer.aws import STANDARD
from deployment.deployer.errors import DeployError
from deployment.deployer.failed_events import replay_failures
from tests.deployment.fakes import FakeClient, plan
from tests.deployment.regions import PRIMARY, SECONDARY, Event, FakeRegions

PLAN = plan()
UPLOAD: Event = {"Records": [{"s3": {}}]}
GIVEN_UP = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": UPLOAD}
ENDED = {"detail-type": "Step Functions Execution Status Change", "detail": {}}


class FakeQueues(FakeRegions):
    """Queues by Region and name. A message that was received stays hidden until it is shown."""

    def __init__(self, queues: dict[tuple[str, str], list[Event]], **options: Any) -> None:
        super().__init__(**options)
        self.queues = {place: [json.dumps(event) for event in queues[place]] for place in queues}
        self.hidden: list[str] = []

    def client(
        self, service: str, region: str, config: Any = STANDARD, endpoint: str | None = None
    ) -> Any:
        if service != "sqs" or region == self.down:
            return super().client(service, region, config, endpoint)

        def queue(params: dict[str, Any]) -> list[str]:
            return self.queues.setdefault((region, params["QueueUrl"]), [])

        def receive(**params: Any) -> Any:
            visible = [body for body in queue(params) if body not in self.hidden]
            self.hidden += visible
            return {"Messages": [{"Body": body, "ReceiptHandle": body} for body in visible]}

        operations: dict[str, Any] = {
            "get_queue_url": lambda QueueName: {"QueueUrl": QueueName},  # noqa: N803 - boto3's
            "receive_message": receive,
            "delete_message": lambda **params: queue(params).remove(params["ReceiptHandle"]),
            "change_message_visibility": lambda **params: self.hidden.remove(
                params["ReceiptHandle"]
            ),
        }
        return FakeClient(operations, self.calls)

    def left(self) -> Iterator[Event]:
        return (json.loads(body) for bodies in self.queues.values() for body in bodies)


def fail(_event: Event) -> Any:
    raise FunctionFailed("no table")


def test_each_event_goes_to_its_function_in_its_own_region_and_leaves_the_queue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    queues: dict[tuple[str, str], list[Event]] = {
        (PRIMARY, "batch-trigger-failures-x"): [GIVEN_UP],
        (SECONDARY, "batch-emailer-failures-x"): [ENDED],
    }
    aws = FakeQueues(queues, trigger=lambda _: {}, emailer=lambda _: {})
    replay_failures(aws, PLAN)
    assert aws.invoked == [
        (PRIMARY, "batch-trigger-x", UPLOAD),
        (SECONDARY, "batch-emailer-x", ENDED),
    ]
    assert list(aws.left()) == []
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"ENV=-x in {PRIMARY} and {SECONDARY}: account 123456789012 as ")
    assert f"  batch-trigger-failures-x in {PRIMARY}: 1 events replayed, 0 failed again" in lines


def test_an_event_that_fails_again_stays_and_is_replayed_by_the_next_command() -> None:
    aws = FakeQueues({(PRIMARY, "batch-trigger-failures-x"): [GIVEN_UP]}, trigger=fail)
    with pytest.raises(DeployError, match=f"batch-trigger-x in {PRIMARY}: .*no table.*is in its"):
        replay_failures(aws, PLAN)
    assert list(aws.left()) == [GIVEN_UP]
    aws.functions["trigger"] = lambda _: {}
    replay_failures(aws, PLAN)
    assert list(aws.left()) == []


def test_a_region_that_is_down_does_not_hinder_the_other_one() -> None:
    queues: dict[tuple[str, str], list[Event]] = {
        (SECONDARY, "batch-trigger-failures-x"): [GIVEN_UP]
    }
    aws = FakeQueues(queues, active=SECONDARY, down=PRIMARY, trigger=lambda _: {})
    with pytest.raises(DeployError, match=f"failures-x does not answer in {PRIMARY}"):
        replay_failures(aws, PLAN)
    assert list(aws.left()) == []
