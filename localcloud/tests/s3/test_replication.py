"""Claims about S3 replication."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.s3.replication import Replication
from localcloud.usage import units
from tests.usage_totals import total

from .conftest import EAST, WEST, World

KEY = "input/a b.csv"


def upload(world: World, key: str = KEY, body: bytes = b"1", **params: Any) -> str:
    answer = world.east.put_object(Bucket="bucket-east", Key=key, Body=body, **params)
    return str(answer["VersionId"])


def status(world: World, region: str = EAST, key: str = KEY) -> str | None:
    head = world.client(region).head_object(Bucket=world.buckets[region], Key=key)
    replication_status: str | None = head.get("ReplicationStatus")
    return replication_status


def test_a_version_is_pending_then_completed_and_its_copy_is_a_replica(world: World) -> None:
    world.replicate(EAST, WEST)
    world.replication.pause("bucket-east")
    upload(world)
    assert status(world) == "PENDING"
    assert "Contents" not in world.west.list_objects_v2(Bucket="bucket-west")
    world.replication.resume("bucket-east")
    world.settle()
    assert status(world) == "COMPLETED"
    assert status(world, WEST) == "REPLICA"


def test_a_replica_is_the_same_version_in_all_that_can_be_read(world: World) -> None:
    world.replicate(EAST, WEST)
    upload(world, ContentType="text/csv", Metadata={"who": "me"}, Tagging="a=1&b=2")
    world.settle()
    here, there = (
        client.get_object(Bucket=bucket, Key=KEY)
        for client, bucket in ((world.east, "bucket-east"), (world.west, "bucket-west"))
    )
    assert there["Body"].read() == b"1"
    for name in ("VersionId", "ETag", "ContentType", "Metadata", "LastModified", "TagCount"):
        assert there[name] == here[name], name
    tags = world.west.get_object_tagging(Bucket="bucket-west", Key=KEY)["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "1", "b": "2"}


def test_a_multipart_object_keeps_its_composed_etag(world: World) -> None:
    world.replicate(EAST, WEST)
    about = {"Bucket": "bucket-east", "Key": KEY}
    upload = world.east.create_multipart_upload(**about)["UploadId"]
    part = world.east.upload_part(**about, UploadId=upload, PartNumber=1, Body=b"part")
    completed = world.east.complete_multipart_upload(
        **about,
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert completed["ETag"].endswith('-1"')
    world.settle()
    assert world.west.head_object(Bucket="bucket-west", Key=KEY)["ETag"] == completed["ETag"]


def test_the_arrival_of_a_replica_is_an_event_in_its_own_bucket(world: World) -> None:
    world.replicate(EAST, WEST)
    world.notify(WEST)
    version = upload(world)
    (record,) = world.records()
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["awsRegion"] == WEST
    assert record["s3"]["bucket"]["name"] == "bucket-west"
    assert record["s3"]["object"]["versionId"] == version


def test_replicas_are_not_replicated_on(world: World) -> None:
    world.replicate(EAST, WEST)
    world.replicate(WEST, EAST)
    upload(world)
    world.settle()
    assert status(world, WEST) == "REPLICA"
    assert len(world.east.list_object_versions(Bucket="bucket-east")["Versions"]) == 1


def test_an_object_without_a_rule_is_not_replicated_and_has_no_status(world: World) -> None:
    upload(world, key="input/before")
    world.replicate(EAST, WEST)
    upload(world, key="work/x")
    world.settle()
    assert status(world, key="work/x") is None
    assert status(world, key="input/before") is None
    assert "Contents" not in world.west.list_objects_v2(Bucket="bucket-west")


def test_a_delete_marker_replicates_and_the_deletion_of_a_version_does_not(world: World) -> None:
    world.replicate(EAST, WEST)
    version = upload(world)
    world.settle()
    marker = world.east.delete_object(Bucket="bucket-east", Key=KEY)["VersionId"]
    world.east.delete_object(Bucket="bucket-east", Key=KEY, VersionId=version)
    world.settle()
    there = world.west.list_object_versions(Bucket="bucket-west")
    assert [entry["VersionId"] for entry in there["DeleteMarkers"]] == [marker]
    assert [entry["VersionId"] for entry in there["Versions"]] == [version]
    with pytest.raises(ClientError, match="404"):
        world.west.head_object(Bucket="bucket-west", Key=KEY)


def test_a_delete_marker_stays_where_the_rule_says_so(world: World) -> None:
    world.replicate(EAST, WEST, DeleteMarkerReplication={"Status": "Disabled"})
    upload(world)
    world.east.delete_object(Bucket="bucket-east", Key=KEY)
    world.settle()
    assert status(world, WEST) == "REPLICA"


def test_versions_of_a_key_arrive_in_order(world: World) -> None:
    world.replicate(EAST, WEST)
    versions = [upload(world, body=str(n).encode()) for n in range(20)]
    world.settle()
    there = world.west.list_object_versions(Bucket="bucket-west")["Versions"]
    assert [entry["VersionId"] for entry in there] == versions[::-1]
    assert world.west.get_object(Bucket="bucket-west", Key=KEY)["Body"].read() == b"19"


def test_both_buckets_agree_on_the_newest_version_if_it_arrives_first(world: World) -> None:
    world.replicate(EAST, WEST)
    world.replicate(WEST, EAST)
    world.replication.pause(source=EAST)
    upload(world, body=b"older")
    world.west.put_object(Bucket="bucket-west", Key=KEY, Body=b"newer")
    world.settle()
    world.replication.resume(source=EAST)
    world.settle()
    for region in (EAST, WEST):
        got = world.client(region).get_object(Bucket=world.buckets[region], Key=KEY)
        assert got["Body"].read() == b"newer", region


@pytest.mark.parametrize(
    "action",
    ["s3:GetReplicationConfiguration", "s3:GetObjectVersionForReplication", "s3:ReplicateObject"],
)
def test_replication_fails_if_the_role_lacks_a_permission(world: World, action: str) -> None:
    world.replicate(EAST, WEST)
    world.authority.refused.add(action)
    upload(world)
    world.settle()
    assert status(world) == "FAILED"
    assert "Contents" not in world.west.list_objects_v2(Bucket="bucket-west")


def test_later_changes_of_tags_are_replicated(world: World) -> None:
    world.replicate(EAST, WEST)
    upload(world)
    tags = {"TagSet": [{"Key": "late", "Value": "1"}]}
    world.east.put_object_tagging(Bucket="bucket-east", Key=KEY, Tagging=tags)
    world.settle()
    assert world.west.get_object_tagging(Bucket="bucket-west", Key=KEY)["TagSet"] == tags["TagSet"]


def test_pending_versions_can_be_counted(world: World) -> None:
    world.replicate(EAST, WEST)
    world.replication.pause(target=WEST)
    upload(world)
    assert world.cloud.get(Replication).pending("bucket-east") == 1
    assert world.cloud.get(Replication).pending("bucket-west") == 0


def test_the_configuration_is_read_back_and_can_be_deleted(world: World) -> None:
    world.replicate(EAST, WEST)
    got = world.east.get_bucket_replication(Bucket="bucket-east")["ReplicationConfiguration"]
    assert got["Role"] == world.role
    assert got["Rules"][0]["Filter"] == {"Prefix": "input/"}
    assert got["Rules"][0]["Destination"]["ReplicationTime"]["Time"] == {"Minutes": 15}
    world.east.delete_bucket_replication(Bucket="bucket-east")
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        world.east.get_bucket_replication(Bucket="bucket-east")


def test_the_destination_must_exist_and_be_versioned(world: World) -> None:
    world.buckets["eu-west-1"] = "absent"
    with pytest.raises(ClientError, match="Destination bucket must exist"):
        world.replicate(EAST, "eu-west-1")
    world.east.create_bucket(Bucket="absent")
    with pytest.raises(ClientError, match="Destination bucket must have versioning enabled"):
        world.replicate(EAST, "eu-west-1")


def test_the_source_must_be_versioned(world: World) -> None:
    world.east.put_bucket_versioning(
        Bucket="bucket-east", VersioningConfiguration={"Status": "Suspended"}
    )
    with pytest.raises(ClientError, match="Versioning must be 'Enabled' on the bucket"):
        world.replicate(EAST, WEST)


@pytest.mark.parametrize("status", ["Enabled", "Disabled"])
def test_versioning_stays_on_under_replication(world: World, status: str) -> None:
    """Whether the rule is on or not; to say once more that it is on changes nothing."""
    world.replicate(EAST, WEST, Status=status)
    versioning = {"Bucket": "bucket-east", "VersioningConfiguration": {"Status": "Suspended"}}
    with pytest.raises(ClientError, match="first delete the replication configuration") as caught:
        world.east.put_bucket_versioning(**versioning)
    assert caught.value.response["Error"]["Code"] == "InvalidBucketState"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    versioning["VersioningConfiguration"] = {"Status": "Enabled"}
    world.east.put_bucket_versioning(**versioning)
    world.east.delete_bucket_replication(Bucket="bucket-east")
    versioning["VersioningConfiguration"] = {"Status": "Suspended"}
    world.east.put_bucket_versioning(**versioning)


def test_the_role_must_exist_and_trust_s3(world: World) -> None:
    world.authority.is_trusted = False
    with pytest.raises(ClientError, match="not allowed to assume"):
        world.replicate(EAST, WEST)
    world.role = "arn:aws:iam::123456789012:role/absent"
    with pytest.raises(ClientError, match="does not exist"):
        world.replicate(EAST, WEST)


def test_replication_time_needs_metrics(world: World) -> None:
    time = {"Status": "Enabled", "Time": {"Minutes": 15}}
    destination = {"Bucket": "arn:aws:s3:::bucket-west", "ReplicationTime": time}
    with pytest.raises(ClientError, match="needs Metrics"):
        world.replicate(EAST, WEST, Destination=destination)


def test_what_is_not_emulated_is_named(world: World) -> None:
    with pytest.raises(ClientError, match="replication with SseKmsEncryptedObjects"):
        world.replicate(
            EAST,
            WEST,
            SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        )


def test_a_bucket_with_replicas_and_replicated_markers_can_be_emptied(world: World) -> None:
    world.replicate(EAST, WEST)
    upload(world)
    world.east.delete_object(Bucket="bucket-east", Key=KEY)
    world.settle()
    for region, bucket in world.buckets.items():
        listing = world.client(region).list_object_versions(Bucket=bucket)
        entries = [
            {"Key": entry["Key"], "VersionId": entry["VersionId"]}
            for entry in (*listing["Versions"], *listing["DeleteMarkers"])
        ]
        assert len(entries) == 2
        world.client(region).delete_objects(Bucket=bucket, Delete={"Objects": entries})
        world.client(region).delete_bucket(Bucket=bucket)


def test_what_a_replica_costs_is_counted_where_it_is_billed(world: World) -> None:
    world.replicate(EAST, WEST)
    upload(world, body=b"12345")
    world.settle()
    usage = world.cloud.usage
    assert total(usage, units.REPLICATED_BYTES, "bucket-east", EAST) == 5
    assert total(usage, units.RTC_BYTES, "bucket-east", EAST) == 5
    assert total(usage, units.REPLICATED_OBJECTS, "bucket-west", WEST) == 1


def test_a_rule_without_time_control_costs_none(world: World) -> None:
    destination = {"Bucket": "arn:aws:s3:::bucket-west"}
    world.replicate(EAST, WEST, Destination=destination)
    upload(world)
    world.settle()
    assert total(world.cloud.usage, units.RTC_BYTES) == 0
