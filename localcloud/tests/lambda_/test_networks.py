"""Functions in a VPC: their network interfaces outlive them, and go when nobody calls them."""

from __future__ import annotations

import math
from typing import Any

import pytest

from localcloud.lambda_.idleness import IDLE_SECONDS, RESTORING_SECONDS
from localcloud.lambda_.network_interfaces import DELETE_SECONDS, DETACH_SECONDS
from localcloud.lambda_.permissions import RoleChecks
from tests.lambda_.conftest import REGION, Bench

SOURCE = "def handler(event, context): return event"


@pytest.fixture
def vpc(bench: Bench) -> dict[str, list[str]]:
    """A VpcConfig."""
    ec2 = bench.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="functions", Description="functions")
    return {"SubnetIds": [subnet], "SecurityGroupIds": [group["GroupId"]]}


def interfaces(bench: Bench, vpc: dict[str, list[str]]) -> list[dict[str, Any]]:
    subnets = {"Name": "subnet-id", "Values": vpc["SubnetIds"]}
    response = bench.client("ec2").describe_network_interfaces(Filters=[subnets])
    return list(response["NetworkInterfaces"])


def test_functions_share_the_interface_of_a_subnet(bench: Bench, vpc: Any) -> None:
    for _ in range(2):
        bench.function(SOURCE, VpcConfig=vpc)
    (interface,) = interfaces(bench, vpc)
    assert interface["Status"] == "in-use"
    assert interface["Description"].startswith("AWS Lambda VPC ENI-")


def test_an_interface_holds_its_network_after_the_last_function_until_lambda_deletes_it(
    bench: Bench, vpc: Any, refused: Any
) -> None:
    ec2 = bench.client("ec2")
    bench.api.delete_function(FunctionName=bench.function(SOURCE, VpcConfig=vpc))
    (interface,) = interfaces(bench, vpc)
    with refused("DependencyViolation", "has dependencies"):
        ec2.delete_subnet(SubnetId=vpc["SubnetIds"][0])
    with refused("DependencyViolation", "dependent object"):
        ec2.delete_security_group(GroupId=vpc["SecurityGroupIds"][0])
    with refused("InvalidParameterValue", "currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    bench.cloud.clock.sleep(DETACH_SECONDS)
    (interface,) = interfaces(bench, vpc)
    assert interface["Status"] == "available"
    bench.cloud.clock.sleep(DELETE_SECONDS - DETACH_SECONDS)
    assert not interfaces(bench, vpc)
    ec2.delete_subnet(SubnetId=vpc["SubnetIds"][0])


def test_without_the_role_lambda_cannot_delete_the_interface(
    bench: Bench, vpc: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ec2 = bench.client("ec2")
    bench.api.delete_function(FunctionName=bench.function(SOURCE, VpcConfig=vpc))
    monkeypatch.setattr(RoleChecks, "may_delete_interfaces", lambda *_: False)
    bench.cloud.clock.sleep(DELETE_SECONDS)
    (interface,) = interfaces(bench, vpc)
    assert interface["Status"] == "available"
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    ec2.delete_subnet(SubnetId=vpc["SubnetIds"][0])


def test_a_function_that_leaves_the_vpc_gives_its_interface_up(bench: Bench, vpc: Any) -> None:
    name = bench.function(SOURCE, VpcConfig=vpc)
    nowhere: dict[str, list[str]] = {"SubnetIds": [], "SecurityGroupIds": []}
    bench.api.update_function_configuration(FunctionName=name, VpcConfig=nowhere)
    bench.cloud.clock.sleep(DELETE_SECONDS)
    assert not interfaces(bench, vpc)


def test_an_idle_function_fails_once_and_is_pending_for_minutes(
    bench: Bench, vpc: Any, refused: Any
) -> None:
    name = bench.function(SOURCE, VpcConfig=vpc)
    assert bench.result(name, 1) == 1

    def state() -> str:
        return str(bench.api.get_function_configuration(FunctionName=name)["State"])

    bench.cloud.clock.sleep(IDLE_SECONDS + 1)
    assert state() == "Inactive"
    for _ in range(2):
        with refused("ResourceConflictException", "state: Pending"):
            bench.api.invoke(FunctionName=name)
        assert state() == "Pending"
    bench.cloud.clock.sleep(RESTORING_SECONDS)
    assert state() == "Active"
    assert bench.result(name, 2) == 2


def test_a_function_outside_of_a_vpc_is_never_idle(bench: Bench) -> None:
    name = bench.function(SOURCE)
    bench.service.registry.functions[REGION][name].last_invoked = -math.inf
    assert bench.result(name, 1) == 1


def test_an_asynchronous_event_waits_for_an_idle_function(
    bench: Bench, vpc: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = bench.function(SOURCE, VpcConfig=vpc)
    function = bench.service.registry.functions[REGION][name]
    outcomes: list[tuple[int, str]] = []
    monkeypatch.setattr(
        bench.service.queue,
        "_deliver",
        lambda _function, queued, _result, outcome: outcomes.append((queued.throttles, outcome)),
    )
    monkeypatch.setattr("localcloud.lambda_.idleness.RESTORING_SECONDS", 0.0)
    bench.service.executor.idleness.let_idle(function)
    bench.run(name, 1, invocation_type="Event")
    assert bench.service.queue.settled()
    assert outcomes == [(1, "Success")]


def test_a_function_is_refused_in_a_zone_that_lambda_does_not_have(
    bench: Bench, vpc: Any, refused: Any
) -> None:
    ec2 = bench.client("ec2")
    (subnet,) = ec2.describe_subnets(SubnetIds=vpc["SubnetIds"])["Subnets"]
    bare = ec2.create_subnet(
        VpcId=subnet["VpcId"], CidrBlock="10.0.1.0/24", AvailabilityZoneId="use1-az3"
    )["Subnet"]["SubnetId"]
    with refused("InvalidParameterValueException", "availability zone Lambda doesn't support"):
        bench.function(SOURCE, VpcConfig={**vpc, "SubnetIds": [*vpc["SubnetIds"], bare]})
