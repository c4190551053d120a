"""A Region's VPCs as EC2's API describes them, read once until something in EC2 changes."""

import json
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from localcloud.iam.policy import FULL_ACCESS, Policy, parsed

Description = dict[str, Any]  # as a Describe operation answers


@dataclass(frozen=True, eq=False)
class Endpoint:
    id: str
    service: str
    vpc: str
    is_gateway: bool
    private_dns: bool
    route_tables: frozenset[str]
    subnets: tuple[str, ...]
    groups: frozenset[str]
    policy: Policy


class Topology:
    """Subnets, route tables, endpoints and security groups by id."""

    def __init__(self, ec2: Any) -> None:
        self._ec2 = ec2
        self.subnets = _by_member(ec2.describe_subnets()["Subnets"], "SubnetId")
        self._tables: list[Description] = ec2.describe_route_tables()["RouteTables"]
        self.groups = _by_member(ec2.describe_security_groups()["SecurityGroups"], "GroupId")
        self.endpoints = [
            _endpoint(endpoint)
            for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if endpoint["State"].lower() == "available"
        ]
        self.prefix_lists: dict[str, str] = {
            entry["PrefixListName"]: entry["PrefixListId"]
            for entry in ec2.describe_managed_prefix_lists()["PrefixLists"]
        }

    def vpc_of(self, subnet: str) -> str:
        return str(self.subnets[subnet]["VpcId"])

    def network_of(self, subnet: str) -> IPv4Network:
        return IPv4Network(self.subnets[subnet]["CidrBlock"], strict=False)

    def route_table_of(self, subnet: str) -> Description:
        """The table that is associated with the subnet, else its VPC's main table."""
        vpc = self.vpc_of(subnet)
        main: Description = {"RouteTableId": "none", "Routes": []}
        for table in self._tables:
            for association in table["Associations"]:
                if association.get("SubnetId") == subnet:
                    return table
                if association.get("Main") and table["VpcId"] == vpc:
                    main = table
        return main

    def resolves_names(self, vpc: str, *, private: bool) -> bool:
        """Whether the VPC uses Amazon's resolver; private names need DNS host names as well."""
        support = self._attribute(vpc, "enableDnsSupport", "EnableDnsSupport")
        if not private:
            return support
        return support and self._attribute(vpc, "enableDnsHostnames", "EnableDnsHostnames")

    def _attribute(self, vpc: str, name: str, member: str) -> bool:
        attribute = self._ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[member]
        return bool(attribute["Value"])


def _by_member(descriptions: list[Description], member: str) -> dict[str, Description]:
    return {description[member]: description for description in descriptions}


def _endpoint(described: Description) -> Endpoint:
    document = described.get("PolicyDocument") or json.dumps(FULL_ACCESS)
    return Endpoint(
        id=described["VpcEndpointId"],
        service=described["ServiceName"],
        vpc=described["VpcId"],
        is_gateway=(described.get("VpcEndpointType") or "Gateway") == "Gateway",
        private_dns=bool(described.get("PrivateDnsEnabled")),
        route_tables=frozenset(described.get("RouteTableIds") or ()),
        subnets=tuple(described.get("SubnetIds") or ()),
        groups=frozenset(group["GroupId"] for group in described.get("Groups") or ()),
        policy=parsed(document),
    )
