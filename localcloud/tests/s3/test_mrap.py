"""Claims about Multi-Region Access Points."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError

from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import role_session
from localcloud.usage import units
from tests.usage_totals import total

from .conftest import EAST, WEST, World

ACCOUNT = "123456789012"


@pytest.fixture
def control(world: World) -> Any:
    return world.cloud.clients.client("s3control", WEST)


@pytest.fixture
def arn(control: Any) -> str:
    """The ARN of an access point over both buckets, the eastern one first."""
    create(control, "points")
    point = control.get_multi_region_access_point(AccountId=ACCOUNT, Name="points")["AccessPoint"]
    assert point["Status"] == "READY"
    return f"arn:aws:s3::{ACCOUNT}:accesspoint/{point['Alias']}"


def create(control: Any, name: str, *buckets: str) -> str:
    regions = [{"Bucket": bucket} for bucket in buckets or ("bucket-east", "bucket-west")]
    answer = control.create_multi_region_access_point(
        AccountId=ACCOUNT, Details={"Name": name, "Regions": regions}, ClientToken=name
    )
    return str(answer["RequestTokenARN"])


def dial(control: Any, arn: str, **dials: int) -> None:
    updates = [
        {"Region": region.replace("_", "-"), "TrafficDialPercentage": percentage}
        for region, percentage in dials.items()
    ]
    control.submit_multi_region_access_point_routes(
        AccountId=ACCOUNT, Mrap=arn, RouteUpdates=updates
    )


def fetch(world: World, url: str, authorization: str | None = None) -> Response:
    headers = HeadersDict({"Authorization": authorization} if authorization else {})
    return world.cloud.gateway.handle(Request("GET", url, headers))


def test_the_same_client_token_is_the_same_request(control: Any, world: World) -> None:
    assert world.buckets
    token = create(control, "points")
    assert create(control, "points") == token
    with pytest.raises(ClientError, match="DescribeMultiRegionAccessPointOperation"):
        control.describe_multi_region_access_point_operation(
            AccountId=ACCOUNT, RequestTokenARN=token
        )


def test_an_object_is_written_read_and_listed_by_arn(world: World, arn: str) -> None:
    world.east.put_object(Bucket=arn, Key="input/a b.csv", Body=b"1")
    assert world.east.get_object(Bucket=arn, Key="input/a b.csv")["Body"].read() == b"1"
    assert world.east.list_objects_v2(Bucket=arn)["KeyCount"] == 1
    stored = world.east.list_objects_v2(Bucket="bucket-east")["Contents"]
    assert [item["Key"] for item in stored] == ["input/a b.csv"]


def test_the_ledger_names_the_access_point(world: World, arn: str) -> None:
    world.east.put_object(Bucket=arn, Key="k", Body=b"1")
    (entry,) = world.cloud.ledger.entries(lambda entry: entry.action == "s3:PutObject")
    assert (entry.resource, entry.region) == (arn, EAST)


def test_traffic_follows_the_routes(world: World, control: Any, arn: str) -> None:
    dial(control, arn, us_east_1=0)
    world.east.put_object(Bucket=arn, Key="k", Body=b"1")
    assert world.west.head_object(Bucket="bucket-west", Key="k")
    dial(control, arn, us_east_1=100, us_west_2=0)
    with pytest.raises(ClientError, match="404"):
        world.east.head_object(Bucket=arn, Key="k")  # no fall-back to the other bucket


def test_a_function_reaches_the_bucket_of_its_own_region(world: World, arn: str) -> None:
    function = f"arn:aws:lambda:{WEST}:{ACCOUNT}:function:f"
    principal = role_session(f"arn:aws:iam::{ACCOUNT}:role/r", "f", function_arn=function)
    client = world.cloud.clients.client("s3", WEST, principal)
    client.put_object(Bucket=arn, Key="k", Body=b"1")
    assert world.west.head_object(Bucket="bucket-west", Key="k")


def test_the_region_nearest_to_others_can_be_chosen(world: World, arn: str) -> None:
    world.access_points.nearest = WEST
    world.east.put_object(Bucket=arn, Key="k", Body=b"1")
    assert world.west.head_object(Bucket="bucket-west", Key="k")


def test_one_route_stays_active_and_dials_are_on_or_off(control: Any, arn: str) -> None:
    with pytest.raises(ClientError, match="At least one Region"):
        dial(control, arn, us_east_1=0, us_west_2=0)
    with pytest.raises(ClientError, match="must be 0 or 100"):
        dial(control, arn, us_east_1=50)
    routes = control.get_multi_region_access_point_routes(AccountId=ACCOUNT, Mrap=arn)["Routes"]
    assert [route["TrafficDialPercentage"] for route in routes] == [100, 100]


def test_a_presigned_link_works_for_anybody(world: World, arn: str) -> None:
    world.east.put_object(Bucket=arn, Key="output/a b.csv", Body=b"1")
    url = world.east.generate_presigned_url(
        "get_object", Params={"Bucket": arn, "Key": "output/a b.csv"}
    )
    assert ".mrap.accesspoint.s3-global.amazonaws.com/" in url
    assert "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256" in url
    answer = fetch(world, url)
    assert (answer.status, answer.body) == (200, b"1")


def test_sigv4_is_refused(world: World, arn: str) -> None:
    host = f"{arn.rsplit('/', 1)[-1]}.accesspoint.s3-global.amazonaws.com"
    key = world.cloud.principals.admin_credentials.access_key
    credential = f"{key}/20261123/{EAST}/s3/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
    answer = fetch(world, f"https://{host}/k", signed)
    assert answer.status == 400
    assert b"AuthorizationHeaderMalformed" in answer.body


def test_an_unknown_alias_is_no_such_access_point(world: World) -> None:
    with pytest.raises(ClientError, match="NoSuchMultiRegionAccessPoint"):
        world.east.list_objects_v2(Bucket=f"arn:aws:s3::{ACCOUNT}:accesspoint/absent.mrap")


def test_an_access_point_is_no_source_of_copies_but_a_destination(world: World, arn: str) -> None:
    world.east.put_object(Bucket="bucket-east", Key="k", Body=b"1")
    world.east.copy_object(Bucket=arn, Key="copy", CopySource="bucket-east/k")
    assert world.east.head_object(Bucket="bucket-east", Key="copy")
    with pytest.raises(ClientError, match="cannot be the source"):
        world.east.copy_object(Bucket="bucket-east", Key="l", CopySource=f"{arn}/object/k")


def test_bucket_settings_are_not_reached_through_it(world: World, arn: str) -> None:
    with pytest.raises(ClientError, match="MethodNotAllowed"):
        world.east.get_bucket_versioning(Bucket=arn)


@pytest.mark.parametrize("name", ["Upper", "a" * 51, "-dash", "ab", "under_score"])
def test_names_that_aws_refuses_are_refused(control: Any, name: str) -> None:
    with pytest.raises(ClientError, match="is not valid"):
        create(control, name)


def test_its_buckets_exist_and_are_in_different_regions(world: World, control: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        create(control, "points", "absent")
    world.east.create_bucket(Bucket="second-east")
    with pytest.raises(ClientError, match="at most one bucket in each Region"):
        create(control, "points", "bucket-east", "second-east")


def test_a_bucket_in_a_region_without_access_points_is_refused(world: World, control: Any) -> None:
    client = world.cloud.clients.client("s3", "mx-central-1")
    client.create_bucket(
        Bucket="bucket-south", CreateBucketConfiguration={"LocationConstraint": "mx-central-1"}
    )
    with pytest.raises(ClientError, match="not supported in mx-central-1"):
        create(control, "south", "bucket-east", "bucket-south")


def test_its_control_plane_is_in_us_west_2(world: World) -> None:
    east = world.cloud.clients.client("s3control", EAST)
    with pytest.raises(ClientError, match="must be sent to us-west-2"):
        create(east, "points")


def test_a_deleted_access_point_is_not_found(control: Any, arn: str) -> None:
    assert arn
    control.delete_multi_region_access_point(
        AccountId=ACCOUNT, Details={"Name": "points"}, ClientToken="delete"
    )
    with pytest.raises(ClientError, match="NoSuchMultiRegionAccessPoint"):
        control.get_multi_region_access_point(AccountId=ACCOUNT, Name="points")


def test_bytes_through_it_are_counted_in_both_directions(world: World, arn: str) -> None:
    world.east.put_object(Bucket=arn, Key="k", Body=b"12345")
    world.east.get_object(Bucket=arn, Key="k")["Body"].read()
    counted = total(world.cloud.usage, units.ACCESS_POINT_BYTES, arn.rsplit("/", 1)[-1])
    assert counted >= 2 * len(b"12345")
    world.east.put_object(Bucket="bucket-east", Key="k", Body=b"12345")
    assert total(world.cloud.usage, units.ACCESS_POINT_BYTES) == counted
