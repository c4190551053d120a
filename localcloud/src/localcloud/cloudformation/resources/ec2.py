"""Amazon EC2: networks and their endpoints."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
)


def tagged(kind: str, props: Props) -> Props:
    """``TagSpecifications`` for a create call."""
    if not props.get("Tags"):
        return {}
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": props["Tags"]}]}


def retag(ec2: Any, physical_id: str, old: Props, new: Props) -> None:
    kept = {item["Key"] for item in new.get("Tags", [])}
    dropped = [{"Key": item["Key"]} for item in old.get("Tags", []) if item["Key"] not in kept]
    if dropped:
        ec2.delete_tags(Resources=[physical_id], Tags=dropped)
    if kept:
        ec2.create_tags(Resources=[physical_id], Tags=new["Tags"])


class Vpc(ResourceType):
    type = "AWS::EC2::VPC"
    consumes = names("CidrBlock EnableDnsHostnames EnableDnsSupport InstanceTenancy Tags")

    def create(self, site: Site, props: Props) -> str:
        ec2 = site.client("ec2")
        made = ec2.create_vpc(
            **given(props, "CidrBlock", "InstanceTenancy"), **tagged("vpc", props)
        )
        vpc: str = site.created(made["Vpc"]["VpcId"])
        self._set_dns(ec2, vpc, {}, props)
        return vpc

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        ec2 = site.client("ec2")
        within = [{"Name": "vpc-id", "Values": [physical_id]}]
        default = [*within, {"Name": "group-name", "Values": ["default"]}]
        groups = ec2.describe_security_groups(Filters=default)["SecurityGroups"]
        acls = ec2.describe_network_acls(Filters=within)["NetworkAcls"]
        vpc = ec2.describe_vpcs(VpcIds=[physical_id])["Vpcs"][0]
        return {
            "VpcId": physical_id,
            "CidrBlock": vpc["CidrBlock"],
            "DefaultSecurityGroup": groups[0]["GroupId"] if groups else "",
            "DefaultNetworkAcl": acls[0]["NetworkAclId"] if acls else "",
        }

    def replaced_by(self, region: str, old: Props, new: Props) -> list[str]:
        """Only from dedicated to default can tenancy change in place."""
        found = super().replaced_by(region, old, new)
        default = new.get("InstanceTenancy", "default") == "default"
        return [name for name in found if name != "InstanceTenancy" or not default]

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        if changed(old, new, "InstanceTenancy"):
            super().update(site, physical_id, old, new)
        self._set_dns(site.client("ec2"), physical_id, old, new)
        retag(site.client("ec2"), physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("ec2").delete_vpc, "InvalidVpcID.NotFound", VpcId=physical_id)

    def _set_dns(self, ec2: Any, vpc: str, old: Props, new: Props) -> None:
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            if changed(old, new, name):
                value = {"Value": new.get(name, name == "EnableDnsSupport")}
                ec2.modify_vpc_attribute(VpcId=vpc, **{name: value})


class Subnet(ResourceType):
    type = "AWS::EC2::Subnet"
    consumes = names("AvailabilityZone CidrBlock MapPublicIpOnLaunch Tags VpcId")

    def create(self, site: Site, props: Props) -> str:
        ec2 = site.client("ec2")
        made = ec2.create_subnet(
            **given(props, "AvailabilityZone", "CidrBlock", "VpcId"), **tagged("subnet", props)
        )
        subnet: str = site.created(made["Subnet"]["SubnetId"])
        self._set_public(ec2, subnet, {}, props)
        return subnet

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        found = site.client("ec2").describe_subnets(SubnetIds=[physical_id])["Subnets"][0]
        return {"SubnetId": physical_id, **given(found, "AvailabilityZone", "CidrBlock", "VpcId")}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        self._set_public(site.client("ec2"), physical_id, old, new)
        retag(site.client("ec2"), physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("ec2").delete_subnet, "InvalidSubnetID.NotFound", SubnetId=physical_id)

    def _set_public(self, ec2: Any, subnet: str, old: Props, new: Props) -> None:
        if changed(old, new, "MapPublicIpOnLaunch"):
            value = {"Value": new.get("MapPublicIpOnLaunch", False)}
            ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch=value)


class RouteTable(ResourceType):
    type = "AWS::EC2::RouteTable"
    consumes = names("Tags VpcId")

    def create(self, site: Site, props: Props) -> str:
        made = site.client("ec2").create_route_table(
            VpcId=props["VpcId"], **tagged("route-table", props)
        )
        table: str = made["RouteTable"]["RouteTableId"]
        return table

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"RouteTableId": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        retag(site.client("ec2"), physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        remove = site.client("ec2").delete_route_table
        gone(remove, "InvalidRouteTableID.NotFound", RouteTableId=physical_id)


class SubnetRouteTableAssociation(ResourceType):
    type = "AWS::EC2::SubnetRouteTableAssociation"
    consumes = names("RouteTableId SubnetId")

    def create(self, site: Site, props: Props) -> str:
        made: str = site.client("ec2").associate_route_table(**props)["AssociationId"]
        return made

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        remove = site.client("ec2").disassociate_route_table
        gone(remove, "InvalidAssociationID.NotFound", AssociationId=physical_id)


# What an endpoint has without a policy of its own (ModifyVpcEndpoint's ResetPolicy, which moto
# does not know).
_FULL_ACCESS = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


class VpcEndpoint(ResourceType):
    type = "AWS::EC2::VPCEndpoint"
    consumes = names(
        "PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds ServiceName SubnetIds "
        "Tags VpcEndpointType VpcId"
    )

    def create(self, site: Site, props: Props) -> str:
        made = given(
            props,
            "PrivateDnsEnabled",
            "RouteTableIds",
            "SecurityGroupIds",
            "ServiceName",
            "SubnetIds",
            "VpcEndpointType",
            "VpcId",
        )
        if "PolicyDocument" in props:
            made["PolicyDocument"] = json.dumps(props["PolicyDocument"])
        answer = site.client("ec2").create_vpc_endpoint(**made, **tagged("vpc-endpoint", props))
        endpoint: str = site.created(answer["VpcEndpoint"]["VpcEndpointId"])
        site.wait(lambda: self._told(site, endpoint)["State"] == "available", endpoint)
        return endpoint

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        told = self._told(site, physical_id)
        entries = told.get("DnsEntries", [])
        return {
            "Id": physical_id,
            "CreationTimestamp": str(told.get("CreationTimestamp", "")),
            "DnsEntries": [f"{item.get('HostedZoneId')}:{item.get('DnsName')}" for item in entries],
            "NetworkInterfaceIds": told.get("NetworkInterfaceIds", []),
        }

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        made: Props = {}
        for name, add, remove in (
            ("RouteTableIds", "AddRouteTableIds", "RemoveRouteTableIds"),
            ("SubnetIds", "AddSubnetIds", "RemoveSubnetIds"),
            ("SecurityGroupIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds"),
        ):
            before, after = set(old.get(name, [])), set(new.get(name, []))
            made |= {add: sorted(after - before)} if after - before else {}
            made |= {remove: sorted(before - after)} if before - after else {}
        if changed(old, new, "PolicyDocument"):
            made["PolicyDocument"] = json.dumps(new.get("PolicyDocument", _FULL_ACCESS))
        if changed(old, new, "PrivateDnsEnabled"):
            made["PrivateDnsEnabled"] = new.get("PrivateDnsEnabled", False)
        ec2 = site.client("ec2")
        if made:
            ec2.modify_vpc_endpoint(VpcEndpointId=physical_id, **made)
        retag(ec2, physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        remove = site.client("ec2").delete_vpc_endpoints
        gone(remove, "InvalidVpcEndpointId.NotFound", VpcEndpointIds=[physical_id])

    def _told(self, site: Site, endpoint: str) -> Props:
        answer = site.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint])
        told: Props = answer["VpcEndpoints"][0]
        return told


TYPES = (Vpc, Subnet, RouteTable, SubnetRouteTableAssociation, VpcEndpoint)
