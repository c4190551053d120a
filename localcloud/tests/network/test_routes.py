"""Calls of functions in a VPC, with and without a route."""

from __future__ import annotations

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from localcloud.cloud import Cloud
from localcloud.gateway.http import Request
from localcloud.gateway.principals import role_session
from localcloud.usage import units
from tests.iam.support import ACCOUNT
from tests.network.conftest import REGION, Vpc
from tests.usage_totals import total


def test_without_an_endpoint_there_is_no_route(vpc: Vpc) -> None:
    for service, operation in (
        ("s3", "list_buckets"),
        ("dynamodb", "list_tables"),
        ("sns", "list_topics"),
    ):
        with pytest.raises(EndpointConnectionError):
            getattr(vpc.client(service), operation)()


def test_the_ledger_shows_a_cut_connection(vpc: Vpc) -> None:
    with pytest.raises(EndpointConnectionError):
        vpc.client("sns").list_topics()
    [entry] = vpc.cloud.ledger.entries(lambda entry: entry.action == "sns:ListTopics")
    assert entry.outcome == "ConnectionCut"


def test_a_gateway_endpoint_is_reached_by_the_subnets_route_table(vpc: Vpc) -> None:
    vpc.gateway_endpoint("dynamodb")
    vpc.client("dynamodb").list_tables()


def test_a_gateway_endpoint_serves_its_own_region_only(vpc: Vpc) -> None:
    vpc.gateway_endpoint("dynamodb")
    with pytest.raises(EndpointConnectionError):
        vpc.client("dynamodb", region="us-west-2").list_tables()


def test_every_subnet_needs_the_route(vpc: Vpc) -> None:
    vpc.gateway_endpoint("dynamodb")
    other = vpc.new_subnet("10.0.2.0/24")
    vpc.new_routes(other)
    with pytest.raises(EndpointConnectionError):
        vpc.client("dynamodb", vpc.subnet, other).list_tables()


def test_a_new_route_takes_effect_at_once(vpc: Vpc) -> None:
    client = vpc.client("dynamodb")
    with pytest.raises(EndpointConnectionError):
        client.list_tables()
    vpc.gateway_endpoint("dynamodb")
    client.list_tables()


def test_an_interface_endpoint_is_a_route_to_its_service_only(vpc: Vpc) -> None:
    vpc.interface_endpoint("sns")
    vpc.client("sns").list_topics()
    with pytest.raises(EndpointConnectionError):
        vpc.client("sqs").list_queues()


def test_bytes_through_an_interface_endpoint_are_counted_and_a_gateway_is_free(vpc: Vpc) -> None:
    vpc.gateway_endpoint("dynamodb")
    vpc.client("dynamodb").list_tables()
    assert total(vpc.cloud.usage, units.ENDPOINT_BYTES) == 0
    vpc.interface_endpoint("sns")
    vpc.client("sns").list_topics()
    assert total(vpc.cloud.usage, units.ENDPOINT_BYTES, f"com.amazonaws.{REGION}.sns") > 0


def test_an_interface_endpoint_without_private_dns_is_no_route(vpc: Vpc) -> None:
    vpc.interface_endpoint("sns", PrivateDnsEnabled=False)
    with pytest.raises(EndpointConnectionError):
        vpc.client("sns").list_topics()


def test_private_names_need_host_names_in_the_vpc(vpc: Vpc) -> None:
    vpc.interface_endpoint("sns")
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": False})
    with pytest.raises(EndpointConnectionError):
        vpc.client("sns").list_topics()


def test_the_endpoints_security_group_must_let_the_function_in(vpc: Vpc) -> None:
    vpc.interface_endpoint("sns", open_to="10.0.7.0/24")
    with pytest.raises(EndpointConnectionError):
        vpc.client("sns").list_topics()


def test_the_functions_security_group_must_let_it_out(vpc: Vpc) -> None:
    vpc.interface_endpoint("sns")
    vpc.gateway_endpoint("dynamodb")
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    vpc.ec2.revoke_security_group_egress(GroupId=vpc.function_group, IpPermissions=[everywhere])
    for service, operation in (("sns", "list_topics"), ("dynamodb", "list_tables")):
        with pytest.raises(EndpointConnectionError):
            getattr(vpc.client(service), operation)()
    prefix_lists = vpc.ec2.describe_managed_prefix_lists()["PrefixLists"]
    ids = {entry["PrefixListName"]: entry["PrefixListId"] for entry in prefix_lists}
    dynamodb = ids[f"com.amazonaws.{REGION}.dynamodb"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    vpc.ec2.authorize_security_group_egress(
        GroupId=vpc.function_group,
        IpPermissions=[https | {"PrefixListIds": [{"PrefixListId": dynamodb}]}],
    )
    vpc.client("dynamodb").list_tables()


def test_a_way_to_the_internet_is_refused_by_name(vpc: Vpc) -> None:
    with pytest.raises(ClientError, match="does not emulate the operation ec2:CreateNatGateway"):
        vpc.ec2.create_nat_gateway(SubnetId=vpc.subnet)
    with pytest.raises(ClientError, match="does not emulate the operation ec2:CreateInternetGate"):
        vpc.ec2.create_internet_gateway()
    with pytest.raises(ClientError, match="does not emulate the operation ec2:CreateRoute"):
        vpc.ec2.create_route(
            RouteTableId=vpc.routes, DestinationCidrBlock="0.0.0.0/0", NatGatewayId="nat-1"
        )


def test_a_multi_region_access_point_has_an_endpoint_of_its_own(vpc: Vpc) -> None:
    def through_access_point(request: Request) -> Request:
        return Request(
            request.method,
            request.url,
            request.headers,
            request.body,
            via=f"arn:aws:s3::{ACCOUNT}:accesspoint/x.mrap",
        )

    vpc.cloud.clients.client("s3", REGION).create_bucket(Bucket="b-1")
    vpc.gateway_endpoint("s3")
    vpc.cloud.gateway.rewriters.append(through_access_point)
    vpc.groups = None  # a security group is not what this is about
    with pytest.raises(EndpointConnectionError):
        vpc.client("s3").put_object(Bucket="b-1", Key="k", Body=b"")
    vpc.interface_endpoint("", ServiceName="com.amazonaws.s3-global.accesspoint")
    vpc.client("s3").put_object(Bucket="b-1", Key="k", Body=b"")


def test_a_function_without_a_vpc_needs_no_route(cloud: Cloud, vpc: Vpc) -> None:
    assert vpc
    anywhere = role_session(f"arn:aws:iam::{ACCOUNT}:role/r", "g")
    cloud.clients.client("sns", REGION, anywhere).list_topics()


def test_a_presigned_url_that_a_function_has_signed_needs_no_route(vpc: Vpc, cloud: Cloud) -> None:
    """A function mails a link, which is opened by a browser outside the VPC."""
    vpc.cloud.clients.client("s3", REGION).create_bucket(Bucket="mailed")
    keys = cloud.principals.issue(vpc.caller())
    credentials = Credentials(keys.access_key, keys.secret_key, keys.token)
    link = AWSRequest("GET", f"https://mailed.s3.{REGION}.amazonaws.com/?list-type=2")
    S3SigV4QueryAuth(credentials, "s3", REGION).add_auth(link)
    assert cloud.gateway.handle(Request("GET", str(link.url), HeadersDict())).status == 200


def test_a_subnet_whose_block_names_a_host_stops_nobody(vpc: Vpc) -> None:
    """AWS clears the host's bits: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html"""
    subnet = vpc.new_subnet("10.0.2.7/24")
    vpc.interface_endpoint("sqs")
    assert vpc.client("sqs", subnet).list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
