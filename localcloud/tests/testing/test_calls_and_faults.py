"""The door: calls that are observed, held, answered, refused, delayed and cut."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.exceptions import ConnectionError as NoConnection

from localcloud.testing import ARC_REGIONS, Call, LocalCloud
from tests.testing.conftest import EAST, WEST, Lab

FUNCTION = """
import boto3
from botocore.config import Config
ONCE = Config(retries={"total_max_attempts": 1})
def handler(event, context):
    sqs = boto3.client("sqs", config=ONCE)
    try:
        sqs.list_queues()
    except Exception as error:
        return type(error).__name__
    return "ok"
"""


def ignore(call: Call) -> None: ...


def test_a_call_is_seen_before_and_after_it_is_made(lab: Lab) -> None:
    moments: list[tuple[str, str, str]] = []
    with lab.cloud.calls.observe(
        ["sqs"],
        before=lambda call: moments.append(("before", call.action, call.region)),
        after=lambda call: moments.append(("after", call.action, call.params["QueueName"])),
    ):
        lab.client("sqs", WEST).create_queue(QueueName="seen")
        lab.client("sns", WEST).list_topics()
    lab.client("sqs", WEST).list_queues()
    create = "sqs:CreateQueue"
    assert moments == [("before", create, WEST), ("after", create, "seen")]


def test_a_hook_can_refuse_a_call_and_cut_it_off(lab: Lab) -> None:
    def refuse(call: Call) -> None:
        call.refuse("SlowDown", "not so fast", 503)

    with (
        lab.cloud.calls.observe(["sqs"], before=refuse, after=ignore),
        pytest.raises(ClientError, match="SlowDown"),
    ):
        lab.client("sqs").list_queues()
    with (
        lab.cloud.calls.observe(["sqs"], before=ignore, after=Call.cut),
        pytest.raises(EndpointConnectionError),
    ):
        lab.client("sqs").create_queue(QueueName="reply-lost")
    assert lab.client("sqs").get_queue_url(QueueName="reply-lost")["QueueUrl"]


def test_a_held_call_is_made_when_it_is_released(lab: Lab) -> None:
    sns = lab.client("sns")
    with lab.cloud.calls.hold(service="sns", operation="Create*") as hold:
        thread = threading.Thread(target=lambda: sns.create_topic(Name="held"))
        thread.start()
        assert hold.wait(10).params == {"Name": "held"}
        assert sns.list_topics()["Topics"] == []
        hold.release()
        thread.join(10)
    assert len(sns.list_topics()["Topics"]) == 1


def test_nothing_that_comes_to_a_hold_is_an_error(cloud: LocalCloud) -> None:
    with (
        cloud.calls.hold(service="sns") as hold,
        pytest.raises(TimeoutError, match="nothing came to a call with service=sns"),
    ):
        hold.wait(0.01)


def test_an_answer_can_be_given_in_the_service_s_place(lab: Lab) -> None:
    with lab.cloud.calls.answer({"TableNames": ["fake"]}, service="dynamodb", operation="List*"):
        assert lab.client("dynamodb").list_tables()["TableNames"] == ["fake"]
        lab.client("dynamodb").describe_limits()
    assert lab.client("dynamodb").list_tables()["TableNames"] == []


def test_every_call_is_recorded_with_its_outcome(lab: Lab) -> None:
    with pytest.raises(ClientError):
        lab.client("sqs").get_queue_url(QueueName="nowhere")
    last = lab.cloud.calls.recorded()[-1]
    assert (last.region, last.action, last.status) == (EAST, "sqs:GetQueueUrl", 400)
    assert "operator" in last.principal
    assert lab.cloud.calls.outcomes()[last.action, last.outcome] >= 1


def test_a_fault_covers_the_calls_of_its_filter_until_it_is_removed(lab: Lab) -> None:
    sqs = lab.client("sqs")
    cut = lab.cloud.faults.cut(service="sqs", region=EAST)
    with pytest.raises(EndpointConnectionError):
        sqs.list_queues()
    lab.client("sqs", WEST).list_queues()
    cut.remove()
    refusal = lab.cloud.faults.refuse("Throttling", 400, service="sqs", operation="List*")
    with pytest.raises(ClientError, match="Throttling"):
        sqs.list_queues()
    refusal.remove()
    delay = lab.cloud.faults.delay(20, service="sqs")
    began = time.monotonic()
    sqs.list_queues()
    assert time.monotonic() - began >= 0.2
    delay.remove()


def test_a_fault_can_cover_the_functions_of_a_region_or_one_of_them(lab: Lab) -> None:
    name = lab.function(FUNCTION)

    def result() -> str:
        answer = lab.client("lambda").invoke(FunctionName=name)
        return str(answer["Payload"].read().decode())

    faults = lab.cloud.faults
    for fault in (
        faults.cut(service="sqs", functions_in=EAST),
        faults.cut(service="sqs", function=name),
    ):
        assert result() != '"ok"'
        lab.client("sqs").list_queues()
        fault.remove()
    for fault in (
        faults.cut(service="sqs", functions_in=WEST),
        faults.cut(service="sqs", function="another-*"),
    ):
        assert result() == '"ok"'
        fault.remove()


def test_a_region_goes_out_and_comes_back(lab: Lab) -> None:
    lab.cloud.faults.outage(WEST)
    with pytest.raises(EndpointConnectionError):
        lab.client("sqs", WEST).list_queues()
    lab.cloud.faults.recover(WEST)
    lab.client("sqs", WEST).list_queues()


def test_an_endpoint_of_arc_goes_down_and_comes_back(lab: Lab) -> None:
    config = lab.client("route53-recovery-control-config", WEST)
    cluster = config.create_cluster(ClusterName="c")["Cluster"]["ClusterArn"]
    lab.cloud.sleep(30)  # until it is deployed
    config.create_routing_control(ClusterArn=cluster, RoutingControlName="r")
    endpoints = config.describe_cluster(ClusterArn=cluster)["Cluster"]["ClusterEndpoints"]
    assert [item["Region"] for item in endpoints] == list(ARC_REGIONS)
    third = _endpoint_client(lab.cloud, endpoints[2])
    lab.cloud.faults.set_arc_endpoint(ARC_REGIONS[2], "down")
    with pytest.raises(NoConnection):
        third.list_routing_controls()
    lab.cloud.faults.set_arc_endpoint(ARC_REGIONS[2], "up")
    assert [item["RoutingControlName"] for item in third.list_routing_controls()["RoutingControls"]]


def _endpoint_client(cloud: LocalCloud, endpoint: dict[str, str]) -> Any:
    """A client from outside, since each endpoint has an address of its own."""
    ready = json.loads((cloud.state_dir / "ready.json").read_text())
    return boto3.client(
        "route53-recovery-cluster",
        region_name=endpoint["Region"],
        endpoint_url=endpoint["Endpoint"],
        aws_access_key_id=ready["access_key"],
        aws_secret_access_key=ready["secret_key"],
        verify=ready["environment"]["AWS_CA_BUNDLE"],
        config=Config(
            proxies={"https": ready["environment"]["HTTPS_PROXY"]},
            retries={"total_max_attempts": 1},
        ),
    )
