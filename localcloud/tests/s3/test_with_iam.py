"""Claims about S3 together with the real IAM part, which recomputes signatures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.awsrequest import HeadersDict

from localcloud import iam, s3
from localcloud.clock import ScaledClock
from localcloud.cloud import Cloud, new_cloud
from localcloud.gateway.http import Request
from localcloud.gateway.principals import role_session
from localcloud.s3.changes import changes_of
from localcloud.s3.replication import Replication
from localcloud.settings import Settings

ACCOUNT, EAST, WEST = "123456789012", "us-east-1", "us-west-2"
MAY_READ = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
MAY_READ_VERSIONS = [
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
]
MAY_WRITE = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    # A clock that tells the real time: the signatures of clients do, too.
    cloud = new_cloud(Settings(tmp_path), ScaledClock(0.0))
    iam.install(cloud)
    s3.install(cloud)
    for region in (EAST, WEST):
        client = cloud.clients.client("s3", region)
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=region, **(where if region != EAST else {}))
        client.put_bucket_versioning(Bucket=region, VersioningConfiguration={"Status": "Enabled"})
    yield cloud
    cloud.close()


def test_requests_and_links_through_an_access_point_have_a_right_signature(cloud: Cloud) -> None:
    control = cloud.clients.client("s3control", WEST)
    control.create_multi_region_access_point(
        AccountId=ACCOUNT,
        ClientToken="t",
        Details={"Name": "points", "Regions": [{"Bucket": EAST}, {"Bucket": WEST}]},
    )
    point = control.get_multi_region_access_point(AccountId=ACCOUNT, Name="points")["AccessPoint"]
    arn = f"arn:aws:s3::{ACCOUNT}:accesspoint/{point['Alias']}"
    client = cloud.clients.client("s3", EAST)
    client.put_object(Bucket=arn, Key="a b", Body=b"1")
    url = client.generate_presigned_url("get_object", Params={"Bucket": arn, "Key": "a b"})
    assert cloud.gateway.handle(Request("GET", url, HeadersDict())).body == b"1"
    forged = url.replace("a%20b", "other")
    assert (
        b"SignatureDoesNotMatch" in cloud.gateway.handle(Request("GET", forged, HeadersDict())).body
    )


@pytest.mark.parametrize("quiet", [False, True])
def test_a_batch_deletion_is_judged_key_by_key(cloud: Cloud, quiet: bool) -> None:
    operator = cloud.clients.client("s3", EAST)
    for key in ("mine/a", "mine/b", "theirs/c"):
        operator.put_object(Bucket=EAST, Key=key, Body=b"1")
    may_delete = allow(["s3:DeleteObject"], f"arn:aws:s3:::{EAST}/mine/*")
    role = make_role(cloud, "lambda.amazonaws.com")
    cloud.clients.client("iam", EAST).put_role_policy(
        RoleName="replicator",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": may_delete}),
    )
    changed = list[str]()
    cloud.gateway.watch(
        "s3", lambda call, answer: changed.extend(c.key for c in changes_of(call, answer))
    )
    version = operator.head_object(Bucket=EAST, Key="mine/b")["VersionId"]
    entries = [{"Key": "mine/a"}, {"Key": "theirs/c"}, {"Key": "mine/b", "VersionId": version}]

    response = cloud.clients.client("s3", EAST, role_session(role, "s")).delete_objects(
        Bucket=EAST, Delete={"Objects": entries, "Quiet": quiet}
    )

    assert [item["Key"] for item in response.get("Deleted", [])] == ([] if quiet else ["mine/a"])
    refused = [(item["Key"], item.get("VersionId"), item["Code"]) for item in response["Errors"]]
    assert refused == [("theirs/c", None, "AccessDenied"), ("mine/b", version, "AccessDenied")]
    assert "s3:DeleteObjectVersion on resource" in response["Errors"][1]["Message"]
    left = operator.list_objects_v2(Bucket=EAST)["Contents"]
    assert [item["Key"] for item in left] == ["mine/b", "theirs/c"]
    assert changed == ["mine/a"]


def test_replication_needs_what_aws_documents_and_no_more(cloud: Cloud) -> None:
    role = make_role(cloud, "s3.amazonaws.com")
    replicate(cloud, role)
    assert upload(cloud, "before") == "FAILED"
    statements = [
        allow(MAY_READ, f"arn:aws:s3:::{EAST}"),
        allow(MAY_READ_VERSIONS, f"arn:aws:s3:::{EAST}/*"),
        allow(MAY_WRITE, f"arn:aws:s3:::{WEST}/*"),
    ]
    cloud.clients.client("iam", EAST).put_role_policy(
        RoleName="replicator",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    assert upload(cloud, "after") == "COMPLETED"


def test_a_role_that_does_not_trust_s3_is_refused(cloud: Cloud) -> None:
    role = make_role(cloud, "lambda.amazonaws.com")
    with pytest.raises(Exception, match="not allowed to assume"):
        replicate(cloud, role)


def test_an_old_version_behind_a_delete_marker_is_copied_with_its_tags(cloud: Cloud) -> None:
    client = cloud.clients.client("s3", EAST)
    version = client.put_object(Bucket=EAST, Key="k", Body=b"1", Tagging="a=b")["VersionId"]
    client.delete_object(Bucket=EAST, Key="k")
    source = {"Bucket": EAST, "Key": "k", "VersionId": version}
    client.copy_object(Bucket=EAST, Key="k", CopySource=source)
    assert client.get_object_tagging(Bucket=EAST, Key="k")["TagSet"] == [{"Key": "a", "Value": "b"}]


def make_role(cloud: Cloud, service: str) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    role = cloud.clients.client("iam", EAST).create_role(
        RoleName="replicator",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    return str(role["Role"]["Arn"])


def replicate(cloud: Cloud, role: str) -> None:
    rule = {
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{WEST}"},
    }
    cloud.clients.client("s3", EAST).put_bucket_replication(
        Bucket=EAST, ReplicationConfiguration={"Role": role, "Rules": [rule]}
    )


def upload(cloud: Cloud, key: str) -> str:
    """Upload an object, and return its replication status in the end."""
    client = cloud.clients.client("s3", EAST)
    client.put_object(Bucket=EAST, Key=key, Body=b"1")
    assert cloud.get(Replication).settled()
    return str(client.head_object(Bucket=EAST, Key=key)["ReplicationStatus"])


def allow(actions: list[str], resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
