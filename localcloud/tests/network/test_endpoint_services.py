"""Endpoint services, zones that lack them, and the quota of VPCs."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from tests.network.conftest import REGION, Vpc


def test_endpoint_services_are_filtered_by_one_value_or_more(cloud: Cloud) -> None:
    ec2 = cloud.clients.client("ec2", REGION)

    def named(*values: str) -> list[str]:
        filters = [{"Name": "service-name", "Values": list(values)}]
        names: list[str] = ec2.describe_vpc_endpoint_services(Filters=filters)["ServiceNames"]
        return sorted(names)

    email, states = (f"com.amazonaws.{REGION}.{name}" for name in ("email", "states"))
    assert named(email) == [email]
    assert named(email, states) == [email, states]


def test_endpoint_services_are_not_those_of_services_that_moto_would_import(cloud: Cloud) -> None:
    services = cloud.clients.client("ec2", REGION).describe_vpc_endpoint_services()["ServiceNames"]
    names = {service.removeprefix(f"com.amazonaws.{REGION}.") for service in services}
    assert {"cloudformation", "dynamodb", "s3", "sns", "states"} <= names
    assert not {"ecr.dkr", "iot", "kinesis-streams", "sagemaker.api"} & names


def test_a_filter_of_endpoint_services_has_a_name(cloud: Cloud) -> None:
    ec2 = cloud.clients.client("ec2", REGION)
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*The filter is invalid"):
        ec2.describe_vpc_endpoint_services(Filters=[{"Values": ["x"]}])


def test_a_region_has_five_vpcs_at_most_including_the_default(cloud: Cloud) -> None:
    ec2 = cloud.clients.client("ec2", REGION)
    for number in range(4):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    with pytest.raises(ClientError, match=r"\(VpcLimitExceeded\).*maximum number of VPCs"):
        ec2.create_vpc(CidrBlock="10.9.0.0/16")
    cloud.clients.client("ec2", "us-west-2").create_vpc(CidrBlock="10.9.0.0/16")


def test_a_zone_without_interface_endpoints_refuses_them_and_is_not_among_the_zones_of_a_service(
    vpc: Vpc,
) -> None:
    """The second zone of us-east-1 is use1-az3."""
    ec2 = vpc.ec2
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    (bare,) = [zone["ZoneName"] for zone in zones if zone["ZoneId"] == "use1-az3"]
    assert bare == sorted(zone["ZoneName"] for zone in zones)[1]
    assert len({zone["ZoneId"] for zone in zones}) == len(zones)
    services = ec2.describe_vpc_endpoint_services(ServiceNames=[f"com.amazonaws.{REGION}.sns"])
    assert bare not in services["ServiceDetails"][0]["AvailabilityZones"]
    subnet = ec2.create_subnet(VpcId=vpc.id, CidrBlock="10.0.9.0/24", AvailabilityZone=bare)
    subnet_id = subnet["Subnet"]["SubnetId"]
    with pytest.raises(ClientError) as caught:
        ec2.create_vpc_endpoint(
            VpcId=vpc.id,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{REGION}.sns",
            SubnetIds=[vpc.subnet, subnet_id],
        )
    assert caught.value.response["Error"]["Code"] == "InvalidParameter"
    assert f"the availability zone of the subnet: {subnet_id}" in str(caught.value)
