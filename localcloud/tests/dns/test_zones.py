"""Claims about private hosted zones."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from tests.dns.helpers import ZONE, make_vpc


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_zone_with_a_vpc_is_private(client: Any, zone: str, vpc: str) -> None:
    described = client.get_hosted_zone(Id=zone)
    assert described["HostedZone"]["Config"]["PrivateZone"] is True
    assert described["VPCs"] == [{"VPCRegion": "us-east-1", "VPCId": vpc}]


def test_a_vpc_of_another_region_can_be_associated(client: Any, zone: str, cloud: Cloud) -> None:
    west = make_vpc(cloud, "us-west-2")
    client.associate_vpc_with_hosted_zone(
        HostedZoneId=zone, VPC={"VPCRegion": "us-west-2", "VPCId": west}
    )
    assert [v["VPCId"] for v in client.get_hosted_zone(Id=zone)["VPCs"]][1:] == [west]


@pytest.mark.parametrize("region", ["us-west-2", "us-east-1"])
def test_a_vpc_must_exist_in_the_region_that_is_named(
    client: Any, zone: str, vpc: str, region: str
) -> None:
    vpc_id = vpc if region == "us-west-2" else "vpc-none"
    with pytest.raises(ClientError) as error:
        client.associate_vpc_with_hosted_zone(
            HostedZoneId=zone, VPC={"VPCRegion": region, "VPCId": vpc_id}
        )
    assert code(error) == "InvalidVPCId"


def test_a_vpc_has_at_most_one_zone_of_a_name(client: Any, zone: str, vpc: str) -> None:
    assert zone
    with pytest.raises(ClientError) as error:
        client.create_hosted_zone(
            Name=ZONE + ".", CallerReference="s", VPC={"VPCRegion": "us-east-1", "VPCId": vpc}
        )
    assert code(error) == "ConflictingDomainExists"


def test_a_caller_reference_makes_one_zone_only(client: Any, zone: str) -> None:
    assert zone
    with pytest.raises(ClientError) as error:
        client.create_hosted_zone(Name="other.internal", CallerReference="r")
    assert code(error) == "HostedZoneAlreadyExists"


def test_a_zone_that_still_has_records_is_not_deleted(client: Any, zone: str) -> None:
    client.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": ZONE,
                        "Type": "TXT",
                        "TTL": 1,
                        "ResourceRecords": [{"Value": '"x"'}],
                    },
                }
            ]
        },
    )
    with pytest.raises(ClientError) as error:
        client.delete_hosted_zone(Id=zone)
    assert code(error) == "HostedZoneNotEmpty"


def test_a_public_zone_is_refused_by_name(client: Any) -> None:
    with pytest.raises(ClientError, match="does not emulate public hosted zones"):
        client.create_hosted_zone(Name="public.test", CallerReference="public")
