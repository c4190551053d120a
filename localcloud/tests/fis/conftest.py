"""A cloud with networks, faults and FIS, whose clock a test moves step by step."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import dynamodb, faults, fis, iam, network, s3
from localcloud.cloud import new_cloud
from localcloud.cloudwatch import alarms, cloudwatch_of
from localcloud.gateway.principals import Principal, role_session
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"


class SteppedClock(ManualClock):
    """A clock whose sleeps end with a ``step``."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = threading.Semaphore(0)
        self._sleeps = threading.Semaphore(0)

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        self.slept.append(seconds)
        self._sleeps.release()
        while not self._steps.acquire(timeout=0.001):
            if wake is not None and wake.is_set():
                return
        self.time += seconds

    def wait_for_sleep(self) -> None:
        """Wait until a thread sleeps, once for each sleep."""
        assert self._sleeps.acquire(timeout=30)

    def step(self) -> None:
        """End a sleep."""
        self._steps.release()


class Lab:
    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock()
        self.cloud = new_cloud(Settings(folder), self.clock)
        for package in (iam, network, dynamodb, s3, alarms, faults, fis):
            package.install(self.cloud)
        self.fis: Any = self.client("fis")
        self.ec2: Any = self.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.route_table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        for service in ("s3", "dynamodb"):
            self.ec2.create_vpc_endpoint(
                VpcId=self.vpc,
                ServiceName=f"com.amazonaws.{EAST}.{service}",
                VpcEndpointType="Gateway",
                RouteTableIds=[self.route_table],
            )
        self.role = self.make_role("experiment", "fis.amazonaws.com", "*")
        self.make_role("function", "lambda.amazonaws.com", "*")

    def client(self, service: str, region: str = EAST, principal: Principal | None = None) -> Any:
        return self.cloud.clients.client(service, region, principal)

    def pass_a_minute(self) -> None:
        """Move the clock on, so that alarms are evaluated."""
        self.clock.time += 60
        cloudwatch_of(self.cloud).minutes.run_due()

    def make_role(self, name: str, trusts: str, *actions: str) -> str:
        client = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
        arn: str = client.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))[
            "Role"
        ]["Arn"]
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        client.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=_policy(allow))
        return arn

    def subnet(self, cidr: str, **tags: str) -> str:
        subnet: str = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr)["Subnet"]["SubnetId"]
        self.ec2.associate_route_table(RouteTableId=self.route_table, SubnetId=subnet)
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            self.ec2.create_tags(Resources=[subnet], Tags=pairs)
        return subnet

    def from_subnet(self, service: str, subnet: str) -> Any:
        """A client of a function in the subnet."""
        caller = role_session(
            f"arn:aws:iam::{ACCOUNT}:role/function",
            "f",
            function_arn=f"arn:aws:lambda:{EAST}:{ACCOUNT}:function:f",
            subnet_ids=(subnet,),
        )
        return self.client(service, EAST, caller)

    def template(self, actions: Any, targets: Any = None, **params: Any) -> str:
        defaults = {"roleArn": self.role, "stopConditions": [{"source": "none"}]}
        response = self.fis.create_experiment_template(
            clientToken=str(uuid.uuid4()),
            description="d",
            actions=actions,
            targets=targets or {},
            **(defaults | params),
        )
        return str(response["experimentTemplate"]["id"])

    def start(self, template: str, **params: Any) -> str:
        response = self.fis.start_experiment(
            clientToken=str(uuid.uuid4()), experimentTemplateId=template, **params
        )
        return str(response["experiment"]["id"])

    def get(self, experiment: str) -> Any:
        return self.fis.get_experiment(id=experiment)["experiment"]

    def join(self, experiment: str) -> Any:
        """The experiment when it has ended."""
        deadline = time.monotonic() + 10
        while "endTime" not in self.get(experiment) and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.get(experiment)


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def wait(duration: str = "PT1M", **members: Any) -> dict[str, Any]:
    return {"actionId": "aws:fis:wait", "parameters": {"duration": duration}, **members}


def disrupt(scope: str, duration: str = "PT10M") -> dict[str, Any]:
    return {
        "actionId": "aws:network:disrupt-connectivity",
        "parameters": {"duration": duration, "scope": scope},
        "targets": {"Subnets": "subnets"},
    }


def subnets(**members: Any) -> dict[str, Any]:
    return {"subnets": {"resourceType": "aws:ec2:subnet", "selectionMode": "ALL", **members}}


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    monkeypatch.setattr(network.EgressCheck, "_groups_of", lambda _check, _function, _region: None)
    lab = Lab(tmp_path)
    yield lab
    lab.cloud.close()
