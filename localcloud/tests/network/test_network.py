"""Calls of functions in a VPC, with and without a route."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EndpointConnectionError

from localcloud import iam, network, s3
from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.http import Request
from localcloud.gateway.principals import Principal, role_session
from localcloud.network.hosts import endpoint_service
from localcloud.settings import Settings
from localcloud.usage import units
from tests.iam.support import ACCOUNT, capture
from tests.manual_clock import ManualClock

REGION = "us-east-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda _account: None)
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    iam.install(cloud)
    network.install(cloud)
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
    client.create_role(RoleName="r", AssumeRolePolicyDocument=_policy(trust))
    client.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=_policy(statement))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


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
    assert vpc.cloud.usage.total(units.ENDPOINT_BYTES) == 0
    vpc.interface_endpoint("sns")
    vpc.client("sns").list_topics()
    assert vpc.cloud.usage.total(units.ENDPOINT_BYTES, f"com.amazonaws.{REGION}.sns") > 0


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


def test_an_endpoints_policy_must_allow_the_call(vpc: Vpc) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "dynamodb:DescribeTable",
        "Resource": "*",
    }
    vpc.gateway_endpoint("dynamodb", PolicyDocument=_policy(statement))
    with pytest.raises(ClientError) as error:
        vpc.client("dynamodb").list_tables()
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "because no VPC endpoint policy allows" in error.value.response["Error"]["Message"]


def test_an_endpoints_policy_need_not_allow_the_key_that_the_service_uses(vpc: Vpc) -> None:
    key = vpc.cloud.clients.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
    topic = vpc.cloud.clients.client("sns", REGION).create_topic(
        Name="t", Attributes={"KmsMasterKeyId": key}
    )["TopicArn"]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    vpc.interface_endpoint("sns", PolicyDocument=_policy(statement))
    assert vpc.client("sns").publish(TopicArn=topic, Message="m")["MessageId"]


def test_an_endpoint_of_kms_must_allow_the_use_of_a_key(vpc: Vpc) -> None:
    key = vpc.cloud.clients.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    vpc.interface_endpoint("kms", PolicyDocument=_policy(statement))
    with pytest.raises(ClientError, match="explicit deny in a VPC endpoint policy"):
        vpc.client("kms").describe_key(KeyId=key)


def test_an_endpoints_policy_judges_a_batch_deletion_key_by_key(vpc: Vpc) -> None:
    s3.install(vpc.cloud)
    operator = vpc.cloud.clients.client("s3", REGION)
    operator.create_bucket(Bucket="b-1")
    for key in ("in/a", "out/b"):
        operator.put_object(Bucket="b-1", Key=key, Body=b"1")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}
    policy = _policy({**statement, "Resource": "arn:aws:s3:::b-1/in/*"})
    vpc.gateway_endpoint("s3", PolicyDocument=policy)
    entries = [{"Key": "in/a"}, {"Key": "out/b"}]
    response = vpc.client("s3").delete_objects(Bucket="b-1", Delete={"Objects": entries})
    assert [item["Key"] for item in response["Deleted"]] == ["in/a"]
    assert "because no VPC endpoint policy allows" in response["Errors"][0]["Message"]
    assert operator.head_object(Bucket="b-1", Key="out/b")


def test_the_endpoint_is_a_condition_key(vpc: Vpc) -> None:
    endpoint = vpc.gateway_endpoint("s3")
    s3 = vpc.cloud.clients.client("s3", REGION)
    s3.create_bucket(Bucket="b-1")
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/r"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::b-1/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": endpoint}},
    }
    s3.put_bucket_policy(Bucket="b-1", Policy=_policy(statement))
    vpc.client("s3").put_object(Bucket="b-1", Key="k", Body=b"")
    outside = role_session(f"arn:aws:iam::{ACCOUNT}:role/r", "f")
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        vpc.cloud.clients.client("s3", REGION, outside).put_object(Bucket="b-1", Key="k", Body=b"")


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


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("b-1.s3.us-west-2.amazonaws.com", "com.amazonaws.us-west-2.s3"),
        ("b-1.s3.amazonaws.com", "com.amazonaws.us-east-1.s3"),
        ("123456789012.ddb.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.dynamodb"),
        ("sync-states.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.sync-states"),
        ("email.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.email"),
        ("abc.execute-api.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.execute-api"),
        ("sts.amazonaws.com", None),
        ("1a2b3c4d.route53-recovery-cluster.us-east-1.amazonaws.com", None),
    ],
)
def test_each_host_has_its_endpoint_service(cloud: Cloud, host: str, service: str | None) -> None:
    call = capture(cloud, "sns", "list_topics")
    call.request = Request("GET", f"https://{host}/", HeadersDict())
    assert endpoint_service(call) == service


def test_a_presigned_url_that_a_function_has_signed_needs_no_route(vpc: Vpc, cloud: Cloud) -> None:
    """A function mails a link, which is opened by a browser outside the VPC."""
    vpc.cloud.clients.client("s3", REGION).create_bucket(Bucket="mailed")
    keys = cloud.principals.issue(vpc.caller())
    credentials = Credentials(keys.access_key, keys.secret_key, keys.token)
    link = AWSRequest("GET", f"https://mailed.s3.{REGION}.amazonaws.com/?list-type=2")
    S3SigV4QueryAuth(credentials, "s3", REGION).add_auth(link)
    assert cloud.gateway.handle(Request("GET", str(link.url), HeadersDict())).status == 200


def test_the_host_of_a_region_that_does_not_exist_has_no_address(cloud: Cloud) -> None:
    for service, operation in (("sts", "get_caller_identity"), ("ec2", "describe_vpcs")):
        client = cloud.clients.client(service, "us-nowhere-1")
        with pytest.raises(EndpointConnectionError):
            getattr(client, operation)()


def test_endpoint_services_are_filtered_by_one_value_or_more(cloud: Cloud) -> None:
    ec2 = cloud.clients.client("ec2", REGION)

    def named(*values: str) -> list[str]:
        filters = [{"Name": "service-name", "Values": list(values)}]
        names: list[str] = ec2.describe_vpc_endpoint_services(Filters=filters)["ServiceNames"]
        return sorted(names)

    email, states = (f"com.amazonaws.{REGION}.{name}" for name in ("email", "states"))
    assert named(email) == [email]
    assert named(email, states) == [email, states]


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


def test_a_policy_that_cannot_be_read_is_refused_and_stops_nobody(vpc: Vpc) -> None:
    vpc.gateway_endpoint("dynamodb")
    with pytest.raises(ClientError, match="InvalidPolicyDocument"):
        vpc.gateway_endpoint("s3", PolicyDocument="{")
    assert vpc.client("dynamodb").list_tables()["TableNames"] == []


def test_a_subnet_whose_block_names_a_host_stops_nobody(vpc: Vpc) -> None:
    """AWS clears the host's bits: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html"""
    subnet = vpc.new_subnet("10.0.2.7/24")
    vpc.interface_endpoint("sqs")
    assert vpc.client("sqs", subnet).list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


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
