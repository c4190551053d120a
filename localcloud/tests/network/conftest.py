"""A cloud with IAM and routes, and a VPC with a function in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import iam, network, put_rules
from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.principals import Principal, role_session
from localcloud.settings import Settings
from tests.iam.support import ACCOUNT
from tests.manual_clock import ManualClock

REGION = "us-east-1"


FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    iam.install(cloud)
    network.install(cloud)
    put_rules.install(cloud)
    yield cloud
    cloud.close()


class Vpc:
    """A VPC with one private subnet, and a function in it whose role may do everything."""

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cloud = cloud
        self.ec2: Any = cloud.clients.client("ec2", REGION)
        self.id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.id, EnableDnsHostnames={"Value": True})
        self.subnet = self.new_subnet("10.0.1.0/24")
        self.routes = self.new_routes(self.subnet)
        self.function_group = self.new_group("function")
        self.groups: tuple[str, ...] | None = (self.function_group,)
        monkeypatch.setattr(
            network.EgressCheck, "_groups_of", lambda _check, _function, _region: self.groups
        )
        _everything(cloud)

    def caller(self, *subnets: str) -> Principal:
        role = f"arn:aws:iam::{ACCOUNT}:role/r"
        return role_session(role, "f", function_arn=FUNCTION, subnet_ids=subnets or (self.subnet,))

    def client(self, service: str, *subnets: str, region: str = REGION) -> Any:
        return self.cloud.clients.client(service, region, self.caller(*subnets))

    def new_subnet(self, cidr: str) -> str:
        return str(self.ec2.create_subnet(VpcId=self.id, CidrBlock=cidr)["Subnet"]["SubnetId"])

    def new_routes(self, subnet: str) -> str:
        table = self.ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return str(table)

    def new_group(self, name: str) -> str:
        group = self.ec2.create_security_group(VpcId=self.id, GroupName=name, Description=name)
        return str(group["GroupId"])

    def gateway_endpoint(self, service: str, **settings: Any) -> str:
        response = self.ec2.create_vpc_endpoint(
            VpcId=self.id,
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Gateway",
            RouteTableIds=[self.routes],
            **settings,
        )
        return str(response["VpcEndpoint"]["VpcEndpointId"])

    def interface_endpoint(
        self, service: str, *, open_to: str = "10.0.0.0/16", **settings: Any
    ) -> str:
        group = self.new_group(f"endpoint {service}")
        permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        self.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[permission | {"IpRanges": [{"CidrIp": open_to}]}]
        )
        defaults: dict[str, Any] = {
            "ServiceName": f"com.amazonaws.{REGION}.{service}",
            "PrivateDnsEnabled": True,
        }
        response = self.ec2.create_vpc_endpoint(
            VpcId=self.id,
            VpcEndpointType="Interface",
            SubnetIds=[self.subnet],
            SecurityGroupIds=[group],
            **(defaults | settings),
        )
        return str(response["VpcEndpoint"]["VpcEndpointId"])


@pytest.fixture
def vpc(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Vpc:
    return Vpc(cloud, monkeypatch)


def _everything(cloud: Cloud) -> None:
    client = cloud.clients.client("iam", REGION)
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    client.create_role(RoleName="r", AssumeRolePolicyDocument=policy(trust))
    client.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=policy(statement))


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
