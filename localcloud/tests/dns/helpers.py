"""Short forms of the calls of Route 53 and ARC."""

from __future__ import annotations

from typing import Any

import botocore.session
import dns.message
import dns.rcode

from localcloud.cloud import Cloud

SESSION = botocore.session.Session()  # keeps the service models it has read
ZONE = "app.internal"


def make_vpc(cloud: Cloud, region: str = "us-east-1", hostnames: bool = True) -> str:
    ec2 = cloud.clients.client("ec2", region)
    vpc_id = str(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": hostnames})
    return vpc_id


def change(client: Any, zone: str, *changes: tuple[str, dict[str, Any]]) -> None:
    batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": batch})


def record(name: str, kind: str, *values: str, **fields: Any) -> dict[str, Any]:
    return {
        "Name": f"{name}.{ZONE}" if name else ZONE,
        "Type": kind,
        "TTL": 60,
        "ResourceRecords": [{"Value": value} for value in values],
        **fields,
    }


def values(response: dns.message.Message) -> list[str]:
    assert response.rcode() == dns.rcode.NOERROR
    return [str(rdata) for rrset in response.answer for rdata in rrset]


def turn(cloud: Cloud, **states: str) -> None:
    """Set routing controls by ARN through the data plane."""
    config = cloud.clients.client("route53-recovery-control-config", "us-west-2")
    endpoint = config.list_clusters()["Clusters"][0]["ClusterEndpoints"][0]
    keys = cloud.principals.admin_credentials
    plane: Any = SESSION.create_client(
        "route53-recovery-cluster",
        region_name=endpoint["Region"],
        endpoint_url=endpoint["Endpoint"],
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )
    send: Any = cloud.clients._send
    plane.meta.events.register_first("before-send", send)
    plane.update_routing_control_states(
        UpdateRoutingControlStateEntries=[
            {"RoutingControlArn": arn, "RoutingControlState": state}
            for arn, state in states.items()
        ]
    )
