"""Claims about what S3 refuses that moto would accept."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest, HeadersDict
from botocore.exceptions import ClientError
from moto.s3.models import FakeKey

from localcloud.gateway.http import Request, Response

from .conftest import EAST, WEST, World


def test_clients_follow_the_redirect_to_the_region_of_the_bucket(world: World) -> None:
    world.west.put_object(Bucket="bucket-west", Key="k", Body=b"1")
    assert world.east.get_object(Bucket="bucket-west", Key="k")["Body"].read() == b"1"
    ohio = world.cloud.clients.client("s3", "us-east-2")
    assert ohio.head_object(Bucket="bucket-west", Key="k")["ContentLength"] == 1


def test_a_regional_endpoint_does_not_serve_a_bucket_of_another_region(world: World) -> None:
    answer = send(world, "GET", f"https://bucket-west.s3.{EAST}.amazonaws.com/k")
    assert answer.status == 301
    assert answer.headers["x-amz-bucket-region"] == WEST
    assert b"<Code>PermanentRedirect</Code>" in answer.body


def test_a_key_has_at_most_1024_bytes(world: World) -> None:
    world.east.put_object(Bucket="bucket-east", Key="ü" * 512, Body=b"1")
    with pytest.raises(ClientError, match="KeyTooLongError"):
        world.east.put_object(Bucket="bucket-east", Key="ü" * 512 + "k", Body=b"1")


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv"],
)
@pytest.mark.parametrize("body", [b"abc", b"key=1&file=2", b"--x\r\n\r\nv\r\n--x--\r\n"])
def test_the_bytes_of_a_form_are_an_object_as_any_other(
    world: World, content_type: str, body: bytes
) -> None:
    """curl --data-binary sends the content type of a form."""
    target = {"Bucket": "bucket-east", "Key": "k"}
    world.east.put_object(**target, Body=body, ContentType=content_type)
    stored = world.east.get_object(**target)
    assert (stored["Body"].read(), stored["ContentType"]) == (body, content_type)


def test_the_bytes_of_a_form_are_a_part_as_any_other(world: World) -> None:
    target = {"Bucket": "bucket-east", "Key": "k"}
    upload = world.east.create_multipart_upload(**target)["UploadId"]

    def send_as_form(request: AWSRequest, **_: object) -> None:
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"

    world.east.meta.events.register("before-sign.s3.UploadPart", send_as_form)
    part = {**target, "UploadId": upload, "PartNumber": 1}
    etag = world.east.upload_part(**part, Body=b"key=value")["ETag"]
    world.east.complete_multipart_upload(
        **target, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}
    )
    assert world.east.get_object(**target)["Body"].read() == b"key=value"


@pytest.mark.parametrize("path", ["%", "a%zz", "%f", "%ff", "%c0%80", "%ed%a0%80"])
def test_a_path_that_is_not_encoded_utf_8_is_no_uri(world: World, path: str) -> None:
    answer = send(world, "GET", f"https://bucket-east.s3.{EAST}.amazonaws.com/{path}")
    assert (answer.status, b"<Code>InvalidURI</Code>" in answer.body) == (400, True)


@pytest.mark.parametrize(
    ("body", "length", "code"),
    [
        (b"3\r\nabc\r\n0\r\n\r\n", "3", ""),
        (b"3;chunk-signature=x\r\nabc\r\n0;chunk-signature=y\r\n\r\n", "3", ""),
        (b"3\r\nabc\r\n0\r\n\r\n", "", "MissingContentLength"),
        (b"3\r\nabc\r\n0\r\n\r\n", "-1", "MissingContentLength"),
        (b"3\r\nabc\r\n0\r\n\r\n", "4", "IncompleteBody"),
        (b"abc", "3", "IncompleteBody"),
        (b"zz\r\nabc\r\n0\r\n\r\n", "3", "IncompleteBody"),
        (b"-3\r\nabc\r\n0\r\n\r\n", "3", "IncompleteBody"),
        (b"3\r\nab", "3", "IncompleteBody"),
    ],
)
def test_a_stream_has_its_length_and_whole_chunks(
    world: World, body: bytes, length: str, code: str
) -> None:
    kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    if b"signature" in body:
        kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    headers = {"X-Amz-Content-SHA256": kind, "X-Amz-Decoded-Content-Length": length}
    url = f"https://bucket-east.s3.{EAST}.amazonaws.com/k"
    answer = send(world, "PUT", url, body, {name: text for name, text in headers.items() if text})
    assert (answer.status == 200) == (not code)
    assert f"<Code>{code}" in answer.body.decode() or not code


def send(
    world: World, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Response:
    """The answer to the operator; these tests do not check signatures."""
    key = world.cloud.principals.admin_credentials.access_key
    credential = f"{key}/20261123/{EAST}/s3/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"
    sent = HeadersDict({"Authorization": signed, **(headers or {})})
    return world.cloud.gateway.handle(Request(method, url, sent, body))


def test_an_object_with_its_crc32c_is_stored(world: World) -> None:
    stored = {"Bucket": "bucket-east", "Key": "k", "Body": b"x", "ChecksumCRC32C": "qTxfkw=="}
    assert world.east.put_object(**stored)["ETag"]


def test_a_delete_marker_is_not_found_and_cannot_be_read(world: World) -> None:
    about = {"Bucket": "bucket-east", "Key": "k"}
    world.east.put_object(**about, Body=b"1")
    marker = world.east.delete_object(**about)["VersionId"]
    for read in (world.east.get_object, world.east.head_object):
        with pytest.raises(ClientError) as current:
            read(**about)
        with pytest.raises(ClientError) as by_version:
            read(**about, VersionId=marker)
        answers = [error.value.response["ResponseMetadata"] for error in (current, by_version)]
        assert [answer["HTTPStatusCode"] for answer in answers] == [404, 405]
        for answer in answers:
            assert answer["HTTPHeaders"]["x-amz-delete-marker"] == "true"
        assert answers[1]["HTTPHeaders"]["allow"] == "DELETE"


def test_a_copy_onto_itself_must_change_something(world: World) -> None:
    world.east.put_object(Bucket="bucket-east", Key="k", Body=b"1")
    about = {"Bucket": "bucket-east", "Key": "k", "CopySource": "bucket-east/k"}
    with pytest.raises(ClientError, match="trying to copy an object to itself") as caught:
        world.east.copy_object(**about)
    assert caught.value.response["Error"]["Code"] == "InvalidRequest"
    changed = world.east.copy_object(**about, MetadataDirective="REPLACE", Metadata={"n": "1"})
    assert changed["VersionId"]


def test_a_bucket_with_versions_is_not_deleted(world: World) -> None:
    world.east.put_object(Bucket="bucket-east", Key="k", Body=b"1")
    world.east.delete_object(Bucket="bucket-east", Key="k")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        world.east.delete_bucket(Bucket="bucket-east")


def test_a_name_taken_in_one_region_is_taken_in_all(world: World) -> None:
    with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
        world.east.create_bucket(Bucket="bucket-west")
    world.east.create_bucket(Bucket="bucket-east")  # us-east-1 alone answers 200 to its owner


def test_parts_but_the_last_have_5_mebibytes(world: World) -> None:
    about = {"Bucket": "bucket-east", "Key": "k"}
    upload = world.east.create_multipart_upload(**about)["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": world.east.upload_part(
                **about, UploadId=upload, PartNumber=number, Body=b"small"
            )["ETag"],
        }
        for number in (1, 2)
    ]
    with pytest.raises(ClientError, match="EntityTooSmall"):
        world.east.complete_multipart_upload(
            **about, UploadId=upload, MultipartUpload={"Parts": parts}
        )


def test_a_listing_of_versions_leaves_the_objects_as_they_are(world: World) -> None:
    """moto lists copies; closing or changing these must not affect the objects."""
    upload = world.east.create_multipart_upload(Bucket="bucket-east", Key="k")["UploadId"]
    about: dict[str, Any] = {"Bucket": "bucket-east", "Key": "k", "UploadId": upload}
    part = world.east.upload_part(**about, PartNumber=1, Body=b"1")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    etag = world.east.complete_multipart_upload(**about, MultipartUpload=parts)["ETag"]
    for _ in range(2):
        (version,) = world.east.list_object_versions(Bucket="bucket-east")["Versions"]
        assert (version["Key"], version["Size"], version["ETag"]) == ("k", 1, etag)
    assert world.east.get_object(Bucket="bucket-east", Key="k")["Body"].read() == b"1"


def test_a_listing_keeps_no_copies(world: World) -> None:
    """A cloud that runs for days answers many listings."""
    world.east.put_object(Bucket="bucket-east", Key="k", Body=b"1")
    world.east.list_object_versions(Bucket="bucket-east")
    gc.collect()
    before = sum(isinstance(item, FakeKey) for item in gc.get_objects())
    world.east.list_object_versions(Bucket="bucket-east")
    gc.collect()
    assert sum(isinstance(item, FakeKey) for item in gc.get_objects()) == before
