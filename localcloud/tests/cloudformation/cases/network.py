"""EC2's networks, Route 53."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import TAGS, Case, names, statement

Client = Callable[[str], Any]
VPC: dict[str, Any] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
SUBNET: dict[str, Any] = {
    "Type": "AWS::EC2::Subnet",
    "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
}
ROUTES: dict[str, Any] = {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}}
GROUP: dict[str, Any] = {
    "Type": "AWS::EC2::SecurityGroup",
    "Properties": {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}},
}
ZONE: dict[str, Any] = {
    "Type": "AWS::Route53::HostedZone",
    "Properties": {
        "Name": "example.internal",
        "VPCs": [{"VPCId": {"Ref": "Vpc"}, "VPCRegion": "us-east-1"}],
    },
}
SSH: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"}
HTTPS: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
RECORD: dict[str, Any] = {
    "HostedZoneId": {"Ref": "Zone"},
    "Name": "a.example.internal",
    "Type": "TXT",
    "TTL": "60",
    "ResourceRecords": ['"x"'],
}


def _described(noun: str) -> Callable[[Client, str], Any]:
    """The one item of an EC2 describe call, and a VPC's DNS attributes."""
    words = {"Vpcs": "VpcIds", "Subnets": "SubnetIds", "RouteTables": "RouteTableIds"}
    words |= {"VpcEndpoints": "VpcEndpointIds", "SecurityGroups": "GroupIds"}
    call = "describe" + "".join(f"_{c.lower()}" if c.isupper() else c for c in noun)

    def read(client: Client, physical_id: str) -> Any:
        told = getattr(client("ec2"), call)(**{words[noun]: [physical_id]})[noun][0]
        if noun != "Vpcs":
            return told
        attributes = [
            client("ec2").describe_vpc_attribute(VpcId=physical_id, Attribute=name)
            for name in ("enableDnsSupport", "enableDnsHostnames")
        ]
        return [told, *({**item, "ResponseMetadata": None} for item in attributes)]

    return read


def _zone(client: Client, zone: str) -> Any:
    told = client("route53").get_hosted_zone(Id=zone)
    asked = {"ResourceType": "hostedzone", "ResourceId": zone}
    tags = client("route53").list_tags_for_resource(**asked)["ResourceTagSet"]["Tags"]
    return [told["HostedZone"]["Config"], sorted(map(str, told.get("VPCs", []))), tags]


def _records(client: Client, _: str) -> Any:
    zone = client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    return client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]


def _health_check(client: Client, check: str) -> Any:
    told = client("route53").get_health_check(HealthCheckId=check)["HealthCheck"]
    asked = {"ResourceType": "healthcheck", "ResourceId": check}
    tags = client("route53").list_tags_for_resource(**asked)["ResourceTagSet"]["Tags"]
    return [told["HealthCheckConfig"], tags]


CASES = [
    Case(
        "AWS::EC2::VPC",
        {"CidrBlock": "10.0.0.0/16"},
        {"EnableDnsHostnames": True, "EnableDnsSupport": False, "Tags": TAGS},
        _described("Vpcs"),
        "vpc-[0-9a-f]+",
        {"DefaultSecurityGroup": "sg-[0-9a-f]+", "CidrBlock": "10.0.0.0/16"},
        passive=names("InstanceTenancy"),  # replaces
    ),
    Case(
        "AWS::EC2::Subnet",
        SUBNET["Properties"],
        {"MapPublicIpOnLaunch": True, "Tags": TAGS},
        _described("Subnets"),
        "subnet-[0-9a-f]+",
        needs={"Vpc": VPC},
    ),
    Case(
        "AWS::EC2::RouteTable",
        {"VpcId": {"Ref": "Vpc"}},
        {"Tags": TAGS},
        _described("RouteTables"),
        "rtb-[0-9a-f]+",
        needs={"Vpc": VPC},
    ),
    Case(
        "AWS::EC2::SecurityGroup",
        {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}, "SecurityGroupEgress": [HTTPS]},
        {"SecurityGroupIngress": [SSH], "SecurityGroupEgress": [SSH], "Tags": TAGS},
        _described("SecurityGroups"),
        "sg-[0-9a-f]+",
        {"GroupId": "sg-[0-9a-f]+"},
        {"Vpc": VPC},
    ),
    *(
        Case(
            f"AWS::EC2::SecurityGroup{direction}",
            {"GroupId": {"Fn::GetAtt": "Group.GroupId"}, **SSH},
            {},
            lambda client, _: client("ec2").describe_security_groups()["SecurityGroups"],
            ".+",
            needs={"Vpc": VPC, "Group": GROUP},
            refused=names("Description"),
            passive=names(other),
        )
        for direction, other in (
            ("Ingress", "DestinationPrefixListId DestinationSecurityGroupId"),
            ("Egress", "SourcePrefixListId SourceSecurityGroupId"),
        )
    ),
    Case(
        "AWS::EC2::VPCEndpoint",
        {
            "VpcId": {"Ref": "Vpc"},
            "VpcEndpointType": "Gateway",
            "ServiceName": "com.amazonaws.us-east-1.s3",
        },
        {
            "RouteTableIds": [{"Ref": "Routes"}],
            "PolicyDocument": statement("s3:GetObject"),
            "Tags": TAGS,
        },
        _described("VpcEndpoints"),
        "vpce-[0-9a-f]+",
        needs={"Vpc": VPC, "Routes": ROUTES},
        passive=names("PrivateDnsEnabled SecurityGroupIds SubnetIds"),  # of interface endpoints
    ),
    Case(
        "AWS::EC2::SubnetRouteTableAssociation",
        {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Routes"}},
        {},
        lambda client, _: client("ec2").describe_route_tables()["RouteTables"],
        "rtbassoc-[0-9a-f]+",
        needs={"Vpc": VPC, "Subnet": SUBNET, "Routes": ROUTES},
    ),
    Case(
        "AWS::Route53::HostedZone",
        ZONE["Properties"],
        {
            "HostedZoneTags": TAGS,
            "HostedZoneConfig": {"Comment": "c"},
            "VPCs": [{"VPCId": {"Ref": "Other"}, "VPCRegion": "us-east-1"}],
        },
        _zone,
        "[0-9A-Z]+",
        {"Id": "[0-9A-Z]+"},
        {"Vpc": VPC, "Other": VPC},
    ),
    Case(
        "AWS::Route53::RecordSet",
        RECORD,
        {"ResourceRecords": ['"y"'], "TTL": "30", "Type": "SPF"},
        _records,
        "a.example.internal",
        needs={"Vpc": VPC, "Zone": ZONE},
        # Name moves the record, and its Ref; the others are the routing policies, which need
        # SetIdentifier and one another.
        passive=names(
            "AliasTarget CidrRoutingConfig Failover GeoLocation GeoProximityLocation HealthCheckId "
            "MultiValueAnswer Name Region SetIdentifier Weight"
        ),
    ),
    Case(
        "AWS::Route53::RecordSetGroup",
        {
            "HostedZoneId": {"Ref": "Zone"},
            "RecordSets": [{k: v for k, v in RECORD.items() if k != "HostedZoneId"}],
        },
        {
            "RecordSets": [
                {
                    "Name": "b.example.internal",
                    "Type": "A",
                    "TTL": "1",
                    "ResourceRecords": ["1.2.3.4"],
                }
            ]
        },
        _records,
        "app-It-.+",
        needs={"Vpc": VPC, "Zone": ZONE},
    ),
    Case(
        "AWS::Route53::HealthCheck",
        {
            "HealthCheckConfig": {
                "Type": "CALCULATED",
                "ChildHealthChecks": [],
                "HealthThreshold": 1,
            }
        },
        {
            "HealthCheckTags": TAGS,
            "HealthCheckConfig": {
                "Type": "CALCULATED",
                "ChildHealthChecks": [],
                "HealthThreshold": 0,
            },
        },
        _health_check,
        "[0-9a-f-]{36}",
    ),
]
