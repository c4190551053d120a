"""Each call needs the permissions in cases/permissions.json: calls are botocore's requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict

from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call, identify
from localcloud.gateway.principals import role_session
from localcloud.iam.permissions import required_permissions
from localcloud.settings import Settings
from tests.iam.support import ACCOUNT, capture

CASES = json.loads((Path(__file__).parent / "cases/permissions.json").read_text())
MRAP = f"arn:aws:s3::{ACCOUNT}:accesspoint/x.mrap"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One for all cases, since none of their calls is answered."""
    cloud = new_cloud(Settings(tmp_path_factory.mktemp("cloud")))
    s3 = cloud.clients.client("s3", "us-east-1")
    s3.create_bucket(Bucket="b-1")
    s3.put_object(Bucket="b-1", Key="in/a b")
    s3.put_object(Bucket="b-1", Key="tagged", Tagging="a=b")
    yield cloud
    cloud.close()


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=" ".join(case["call"][:2])) for case in CASES]
)
def test_a_call_needs_what_the_service_authorization_reference_says(
    cloud: Cloud, case: dict[str, Any]
) -> None:
    service, operation, parameters = case["call"]
    call = capture(cloud, service, operation, **parameters)
    permissions = required_permissions(call)
    assert [[item.action, item.resource] for item in permissions] == case["permissions"]


def test_through_a_multi_region_access_point_both_its_object_and_the_buckets_are_needed(
    cloud: Cloud,
) -> None:
    call = capture(cloud, "s3", "get_object", Bucket="b-1", Key="in/a b")
    call.request.via = MRAP
    permissions = required_permissions(call)
    assert [(item.action, item.resource) for item in permissions] == [
        ("s3:GetObject", f"{MRAP}/object/in/a b"),
        ("s3:GetObject", "arn:aws:s3:::b-1/in/a b"),
    ]
    assert permissions[1].keys()["s3:DataAccessPointArn"] == MRAP


def test_an_endpoint_of_a_vpc_that_leads_to_an_api_is_refused_by_name() -> None:
    request = Request("POST", "https://abc.execute-api.us-east-1.amazonaws.com/p", HeadersDict())
    call = Call(request, "execute-api", "us-east-1", role_session("arn:aws:iam::1:role/r", "s"))
    with pytest.raises(ApiError, match="does not emulate the permissions of execute-api:POST"):
        required_permissions(call)


def test_an_operation_that_is_not_known_is_refused_by_name(cloud: Cloud) -> None:
    call = capture(cloud, "glue", "get_tables", DatabaseName="d")
    with pytest.raises(ApiError, match=re.escape("glue:GetTables")):
        required_permissions(call)


def test_leading_keys_are_the_items_partition_keys(cloud: Cloud) -> None:
    cloud.clients.client("dynamodb", "us-east-1").create_table(
        TableName="tab",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    query = {
        "TableName": "tab",
        "KeyConditionExpression": "#k = :k",
        "ExpressionAttributeNames": {"#k": "k"},
        "ExpressionAttributeValues": {":k": {"S": "b"}},
    }
    expected: list[tuple[str, dict[str, Any], list[str]]] = [
        ("get_item", {"TableName": "tab", "Key": {"k": {"S": "a"}}}, ["a"]),
        ("query", query, ["b"]),
        ("batch_get_item", {"RequestItems": {"tab": {"Keys": [{"k": {"S": "c"}}]}}}, ["c"]),
    ]
    for operation, parameters, keys in expected:
        call = capture(cloud, "dynamodb", operation, **parameters)
        [permission] = required_permissions(call)
        assert permission.keys()["dynamodb:LeadingKeys"] == keys


def test_the_key_of_a_presigned_request_is_decoded(cloud: Cloud) -> None:
    s3 = cloud.clients.client("s3", "us-east-1")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "b-1", "Key": "a/b c"})
    request = Request("GET", url, {})  # type: ignore[arg-type]  # no header is read
    call = identify(request, cloud.principals.admin)
    assert required_permissions(call)[0].resource == "arn:aws:s3:::b-1/a/b c"
