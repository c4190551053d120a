"""Claims about S3 event notifications."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.s3.notifications import PROPAGATION_SECONDS

from .conftest import EAST, WEST, World


def test_the_event_of_a_put_has_the_documented_shape(world: World) -> None:
    function = world.notify(EAST, Id="mine")
    response = world.east.put_object(Bucket="bucket-east", Key="input/a b+ü.csv", Body=b"12345")
    (record,) = world.records()
    assert world.functions.events[0][0] == function
    assert record["eventVersion"] == "2.1"
    assert record["eventSource"] == "aws:s3"
    assert record["awsRegion"] == EAST
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["eventTime"] == "2023-11-14T22:13:20.000Z"
    assert record["userIdentity"] == {"principalId": "AWS:operator"}
    assert set(record["responseElements"]) == {"x-amz-request-id", "x-amz-id-2"}
    assert record["s3"]["s3SchemaVersion"] == "1.0"
    assert record["s3"]["configurationId"] == "mine"
    assert record["s3"]["bucket"]["name"] == "bucket-east"
    assert record["s3"]["bucket"]["arn"] == "arn:aws:s3:::bucket-east"
    sequencer = record["s3"]["object"].pop("sequencer")
    assert int(sequencer, 16) > 0
    assert record["s3"]["object"] == {
        "key": "input/a+b%2B%C3%BC.csv",
        "size": 5,
        "eTag": response["ETag"].strip('"'),
        "versionId": response["VersionId"],
    }


def test_sequencers_of_one_key_grow(world: World) -> None:
    world.notify(EAST)
    for body in (b"1", b"2", b"3"):
        world.east.put_object(Bucket="bucket-east", Key="k", Body=body)
    sequencers = [record["s3"]["object"]["sequencer"] for record in world.records()]
    assert sequencers == sorted(set(sequencers))
    assert len(sequencers) == 3


def test_a_copy_and_a_multipart_upload_have_their_own_names(world: World) -> None:
    world.notify(EAST, Filter={"Key": {"FilterRules": [{"Name": "prefix", "Value": "to/"}]}})
    world.east.put_object(Bucket="bucket-east", Key="from/a", Body=b"1")
    world.east.copy_object(Bucket="bucket-east", Key="to/a", CopySource="bucket-east/from/a")
    upload = world.east.create_multipart_upload(Bucket="bucket-east", Key="to/b")["UploadId"]
    part = world.east.upload_part(
        Bucket="bucket-east", Key="to/b", UploadId=upload, PartNumber=1, Body=b"part"
    )
    world.east.complete_multipart_upload(
        Bucket="bucket-east",
        Key="to/b",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert [(r["eventName"], r["s3"]["object"]["size"]) for r in world.records()] == [
        ("ObjectCreated:Copy", 1),
        ("ObjectCreated:CompleteMultipartUpload", 4),
    ]


def test_a_suffix_filters_too(world: World) -> None:
    rules = [{"Name": "Prefix", "Value": "input/"}, {"Name": "Suffix", "Value": ".csv"}]
    world.notify(EAST, Filter={"Key": {"FilterRules": rules}})
    for key in ("input/a.csv", "input/a.txt", "other/a.csv"):
        world.east.put_object(Bucket="bucket-east", Key=key, Body=b"1")
    assert [record["s3"]["object"]["key"] for record in world.records()] == ["input/a.csv"]


def test_a_deletion_creates_a_marker_and_is_final_with_a_version_id(world: World) -> None:
    world.notify(EAST, Events=["s3:ObjectRemoved:*"])
    version = world.east.put_object(Bucket="bucket-east", Key="k", Body=b"1")["VersionId"]
    marker = world.east.delete_object(Bucket="bucket-east", Key="k")["VersionId"]
    world.east.delete_object(Bucket="bucket-east", Key="k", VersionId=version)
    removed = [(r["eventName"], r["s3"]["object"]["versionId"]) for r in world.records()]
    assert removed == [
        ("ObjectRemoved:DeleteMarkerCreated", marker),
        ("ObjectRemoved:Delete", version),
    ]


@pytest.mark.parametrize("quiet", [False, True])
def test_a_batch_deletion_sends_an_event_for_each_key(world: World, quiet: bool) -> None:
    world.notify(EAST, Events=["s3:ObjectRemoved:*"])
    for key in ("a", "b"):
        world.east.put_object(Bucket="bucket-east", Key=key, Body=b"1")
    world.east.delete_objects(
        Bucket="bucket-east", Delete={"Objects": [{"Key": "a"}, {"Key": "b"}], "Quiet": quiet}
    )
    records = world.records()
    assert [record["s3"]["object"]["key"] for record in records] == ["a", "b"]
    assert {record["eventName"] for record in records} == {"ObjectRemoved:DeleteMarkerCreated"}


def test_a_missing_or_refusing_function_is_refused_at_put_time(world: World) -> None:
    with pytest.raises(ClientError) as caught:
        configure(world, function=f"arn:aws:lambda:{EAST}:123456789012:function:absent")
    assert error(caught) == (
        "InvalidArgument",
        "Unable to validate the following destination configurations",
    )


def test_the_function_must_be_in_the_region_of_the_bucket(world: World) -> None:
    with pytest.raises(ClientError, match="service region is not valid"):
        configure(world, function=f"arn:aws:lambda:{WEST}:123456789012:function:f")


def test_overlapping_prefixes_for_one_event_are_refused(world: World) -> None:
    world.notify(EAST)
    entries = [
        lambda_entry("a", {"Name": "prefix", "Value": "in"}),
        lambda_entry("b", {"Name": "prefix", "Value": "input/"}),
    ]
    with pytest.raises(ClientError, match="ambiguously defined") as caught:
        world.east.put_bucket_notification_configuration(
            Bucket="bucket-east",
            NotificationConfiguration={"LambdaFunctionConfigurations": entries},
        )
    assert error(caught)[0] == "InvalidArgument"


def test_a_configuration_is_read_back_and_an_empty_one_removes_it(world: World) -> None:
    function = world.notify(EAST, Id="mine")
    got = world.east.get_bucket_notification_configuration(Bucket="bucket-east")
    assert got["LambdaFunctionConfigurations"] == [
        {"Id": "mine", "LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
    ]
    world.east.put_bucket_notification_configuration(
        Bucket="bucket-east", NotificationConfiguration={}
    )
    world.east.put_object(Bucket="bucket-east", Key="k", Body=b"1")
    assert world.records() == []


def test_eventbridge_is_refused_by_name(world: World) -> None:
    with pytest.raises(ClientError, match="the EventBridgeConfiguration of S3 notif"):
        world.east.put_bucket_notification_configuration(
            Bucket="bucket-east", NotificationConfiguration={"EventBridgeConfiguration": {}}
        )


def configure(world: World, function: str) -> None:
    entry = {"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}
    world.east.put_bucket_notification_configuration(
        Bucket="bucket-east",
        NotificationConfiguration={"LambdaFunctionConfigurations": [entry]},
    )


def lambda_entry(name: str, rule: dict[str, str]) -> dict[str, Any]:
    return {
        "Id": name,
        "LambdaFunctionArn": f"arn:aws:lambda:{EAST}:123456789012:function:f",
        "Events": ["s3:ObjectCreated:Put"],
        "Filter": {"Key": {"FilterRules": [rule]}},
    }


def error(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_configuration_takes_effect_later_and_the_one_before_holds_until_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that is put meanwhile has no event, ever."""
    clock = world.cloud.clock
    monkeypatch.setattr(clock, "real_seconds", lambda seconds: seconds)
    world.notify(EAST, Id="first")
    world.east.put_object(Bucket="bucket-east", Key="too-early", Body=b"1")
    clock.sleep(PROPAGATION_SECONDS)
    world.east.put_object(Bucket="bucket-east", Key="first", Body=b"1")
    world.east.put_bucket_notification_configuration(
        Bucket="bucket-east", NotificationConfiguration={}
    )
    world.east.put_object(Bucket="bucket-east", Key="last", Body=b"1")
    clock.sleep(PROPAGATION_SECONDS)
    world.east.put_object(Bucket="bucket-east", Key="too-late", Body=b"1")
    assert [record["s3"]["object"]["key"] for record in world.records()] == ["first", "last"]
