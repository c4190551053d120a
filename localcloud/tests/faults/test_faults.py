"""Faults: single calls and whole Regions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from localcloud import dynamodb, faults, lambda_, s3
from localcloud.cloud import Cloud, new_cloud
from localcloud.control import BadCommand, Control, send
from localcloud.dynamodb.replicas import Replicas
from localcloud.faults import Cut, Delay, Faults, Match, Refuse
from localcloud.faults.commands import execute
from localcloud.gateway.principals import role_session
from localcloud.lambda_.executor import Throttled
from localcloud.s3.replication import Replication
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

EAST, WEST = "us-east-1", "us-west-2"
ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def cloud(tmp_path: Path, clock: ManualClock) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path), clock)
    for service in (dynamodb, s3, faults):
        service.install(cloud)
    yield cloud
    cloud.close()


@pytest.fixture
def switch(cloud: Cloud) -> Faults:
    return cloud.get(Faults)


def in_function(region: str, *subnets: str) -> Any:
    function = f"arn:aws:lambda:{region}:123456789012:function:f"
    return role_session(ROLE, "f", function_arn=function, subnet_ids=subnets)


@pytest.mark.parametrize(
    ("match", "fails"),
    [
        (Match(), True),
        (Match(region=EAST, service="sqs", operation="List*"), True),
        (Match(region=WEST), False),
        (Match(service="sns"), False),
        (Match(operation="Send*"), False),
        (Match(principal=ROLE), True),
        (Match(principal="arn:aws:lambda:us-east-1:123456789012:function:f"), True),
        (Match(principal="arn:aws:iam::123456789012:role/other"), False),
        (Match(subnet="subnet-1"), True),
        (Match(subnet="subnet-2"), False),
    ],
)
def test_a_fault_hits_the_calls_that_it_matches_and_no_others(
    cloud: Cloud, switch: Faults, match: Match, fails: bool
) -> None:
    client = cloud.clients.client("sqs", EAST, in_function(EAST, "subnet-1"))
    switch.add(match, Cut())
    if fails:
        with pytest.raises(EndpointConnectionError):
            client.list_queues()
    else:
        client.list_queues()


def test_a_refusal_is_an_error_answer_of_the_calls_own_protocol(
    cloud: Cloud, switch: Faults
) -> None:
    switch.add(Match(service="s3"), Refuse("SlowDown", 503, "Please reduce your request rate."))
    with pytest.raises(ClientError, match="SlowDown") as refused:
        cloud.clients.client("s3", EAST).list_buckets()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_a_delay_lasts_aws_seconds_and_then_the_call_passes(
    cloud: Cloud, switch: Faults, clock: ManualClock
) -> None:
    switch.add(Match(service="sqs"), Delay(7))
    cloud.clients.client("sqs", EAST).list_queues()
    assert clock.slept == [7]


def test_a_removed_fault_has_no_effect(cloud: Cloud, switch: Faults) -> None:
    rule = switch.add(Match(), Cut())
    assert switch.remove(rule)
    assert not switch.remove(rule)
    cloud.clients.client("sqs", EAST).list_queues()


def test_a_sandbox_of_a_function_in_two_subnets_sits_in_one_of_them(
    cloud: Cloud, switch: Faults
) -> None:
    client = cloud.clients.client("sqs", EAST, in_function(EAST, "subnet-1", "subnet-2"))

    def is_cut(subnet: str) -> bool:
        rule = switch.add(Match(subnet=subnet), Cut())
        try:
            client.list_queues()
        except EndpointConnectionError:
            return True
        finally:
            switch.remove(rule)
        return False

    assert is_cut("subnet-1") != is_cut("subnet-2")


def test_an_outage_cuts_every_call_into_the_region_and_no_other(
    cloud: Cloud, switch: Faults
) -> None:
    switch.outages.begin(EAST)
    with pytest.raises(EndpointConnectionError):
        cloud.clients.client("sqs", EAST).list_queues()
    cloud.clients.client("sqs", WEST).list_queues()
    switch.outages.end(EAST)
    cloud.clients.client("sqs", EAST).list_queues()


def test_an_outage_cuts_the_calls_of_functions_that_run_there(cloud: Cloud, switch: Faults) -> None:
    switch.outages.begin(EAST)
    with pytest.raises(EndpointConnectionError):
        cloud.clients.client("sqs", WEST, in_function(EAST)).list_queues()


def test_an_outage_pauses_replication_in_both_directions_and_its_end_delivers(
    cloud: Cloud, switch: Faults
) -> None:
    tables = {region: cloud.clients.client("dynamodb", region) for region in (EAST, WEST)}
    tables[EAST].create_table(
        TableName="tab",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    tables[EAST].update_table(TableName="tab", ReplicaUpdates=[{"Create": {"RegionName": WEST}}])
    replicas = cloud.get(Replicas)
    switch.outages.begin(EAST)
    switch.outages.begin(EAST)
    tables[WEST].put_item(TableName="tab", Item={"k": {"S": "1"}})
    assert replicas.settled()
    assert replicas.pending() == 1
    switch.outages.end(EAST)
    assert replicas.settled()
    assert replicas.pending() == 0
    assert "Item" in tables[EAST].get_item(TableName="tab", Key={"k": {"S": "1"}})


def test_an_outage_pauses_s3_replication(
    cloud: Cloud, switch: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, Any]] = []
    replication = cloud.get(Replication)
    monkeypatch.setattr(replication, "pause", lambda **channels: calls.append(("pause", channels)))
    monkeypatch.setattr(
        replication, "resume", lambda **channels: calls.append(("resume", channels))
    )
    switch.outages.begin(EAST)
    switch.outages.end(EAST)
    assert calls == [
        ("pause", {"source": EAST}),
        ("pause", {"target": EAST}),
        ("resume", {"source": EAST}),
        ("resume", {"target": EAST}),
    ]


def test_commands_reach_the_running_cloud(switch: Faults, tmp_path: Path) -> None:
    control = Control(tmp_path, partial(execute, switch))
    try:
        assert send(tmp_path, {"command": "outage", "region": EAST, "state": "on"}) == [
            "us-east-1 is out"
        ]
        [fault] = send(
            tmp_path,
            {"command": "add", "match": {"service": "sqs"}, "effect": ["refuse", "Oops:500"]},
        )
        assert send(tmp_path, {"command": "list"}) == [
            "us-east-1 is out",
            f"{fault}: refuse Oops:500: service=sqs",
        ]
        with pytest.raises(BadCommand, match="There is no fault x"):
            send(tmp_path, {"command": "remove", "id": "x"})
        send(tmp_path, {"command": "remove", "id": "all"})
        assert send(tmp_path, {"command": "outage", "region": EAST, "state": "off"}) == []
    finally:
        control.close()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ({"command": "add", "match": {"service": "dynamo"}}, "no service dynamo. Known"),
        ({"command": "add", "match": {"service": "email"}}, ", sesv2, "),
        (
            {"command": "add", "match": {"region": "us-east-3"}},
            "no Region us-east-3. Known",
        ),
        (
            {"command": "add", "match": {"operation": "PutItm"}},
            "No service has an operation P",
        ),
        (
            {"command": "add", "match": {"service": "sqs", "operation": "Put*"}},
            "sqs has no operation Put*. Known operations: ChangeMessageVisibility,",
        ),
        ({"command": "outage", "region": "useast1", "state": "on"}, ", us-east-1, "),
        ({"command": "outage", "region": "useast1", "state": "off"}, ", us-east-1, "),
    ],
)
def test_a_fault_that_would_hit_nothing_is_refused_and_what_is_known_is_named(
    switch: Faults, tmp_path: Path, command: dict[str, Any], words: str
) -> None:
    control = Control(tmp_path, partial(execute, switch))
    try:
        with pytest.raises(BadCommand, match=re.escape(words)):
            send(tmp_path, {"effect": ["cut"], **command})
        assert send(tmp_path, {"command": "list"}) == []
    finally:
        control.close()


def test_a_fault_may_hit_the_methods_of_deployed_apis() -> None:
    assert str(Match(service="execute-api", operation="GET"))


def test_only_the_owner_can_read_the_secret_of_the_control(switch: Faults, tmp_path: Path) -> None:
    control = Control(tmp_path, partial(execute, switch))
    control.close()
    assert (tmp_path / "control.json").stat().st_mode & 0o077 == 0


def test_functions_of_a_region_that_is_out_are_throttled(tmp_path: Path) -> None:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    lambda_.install(cloud)
    faults.install(cloud)
    executor = cloud.get(lambda_.Lambda).executor
    cut: Any = SimpleNamespace(region=EAST, name="f", reserved=None)
    other: Any = SimpleNamespace(region=WEST, name="f", reserved=None)
    cloud.get(Faults).outages.begin(EAST)
    with pytest.raises(Throttled):
        executor.check_capacity(cut)
    executor.check_capacity(other)
    cloud.get(Faults).outages.end(EAST)
    executor.check_capacity(cut)
    cloud.close()
