"""Direct use of moto's buckets where the S3 API has no operation for it, under moto's lock."""

import copy
from functools import partial
from io import BytesIO
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend, s3_backends

from localcloud.gateway.errors import ApiError
from localcloud.gateway.moto_bridge import service_lock
from localcloud.settings import ACCOUNT_ID

invalid_argument = partial(ApiError, "InvalidArgument", status=400)
invalid_request = partial(ApiError, "InvalidRequest", status=400)
Version = FakeKey | FakeDeleteMarker
_STORED_WITH = (
    "multipart", "encryption", "lock_mode", "lock_legal_status", "lock_until", "checksum_value",
)  # fmt: skip
_SET_AFTERWARDS = (
    "_version_id", "last_modified", "checksum_algorithm", "checksum_type", "checksum_parts",
    "website_redirect_location",
)  # fmt: skip


def _backend() -> S3Backend:
    return s3_backends[ACCOUNT_ID]["aws"]


def find_bucket(name: str) -> FakeBucket | None:
    return _backend().buckets.get(name)


def region_of(bucket: str) -> str | None:
    existing = find_bucket(bucket)
    return existing.region_name if existing else None


def existing_region(bucket: str) -> str:
    """Return the bucket's Region. Raises NoSuchBucket."""
    if region := region_of(bucket):
        return region
    raise ApiError("NoSuchBucket", "The specified bucket does not exist", 404)


def is_versioned(bucket: str) -> bool:
    existing = find_bucket(bucket)
    return bool(existing and existing.is_versioned)


def has_upload(bucket: str, upload_id: str) -> bool:
    """Whether the multipart upload exists; True where there is no such bucket."""
    existing = find_bucket(bucket)
    return existing is None or upload_id in existing.multiparts


def knows_token(token: str) -> bool:
    """Whether a listing has returned this token."""
    return token in _backend()._pagination_tokens


def delete_objects(bucket: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Delete versions, or make delete markers; the members of ``Deleted``."""
    existing_region(bucket)
    with service_lock("s3"):
        deleted, _ = _backend().delete_objects(bucket, entries)
    return [
        {
            "Key": key,
            **({"VersionId": version_id} if version_id else {}),
            **({"DeleteMarker": True, "DeleteMarkerVersionId": marker} if marker else {}),
        }
        for key, version_id, marker in deleted
    ]


def versions_of(bucket: str, key: str) -> list[Version]:
    """Return all versions, oldest first, delete markers among them."""
    with service_lock("s3"):
        existing = find_bucket(bucket)
        return list(existing.keys.getlist(key, [])) if existing else []


def find_version(bucket: str, key: str, version_id: str | None = None) -> Version | None:
    """Return the version, or the current one; None if there is none."""
    versions = versions_of(bucket, key)
    if version_id is None:
        return versions[-1] if versions else None
    return next((v for v in versions if v.version_id == version_id), None)


def tags_of(version: FakeKey) -> dict[str, str]:
    with service_lock("s3"):
        return dict(_backend().tagger.get_tag_dict_for_resource(version.arn))


def replicate(source: FakeKey, bucket: str, storage_class: str | None) -> None:
    """Store ``source`` in ``bucket`` as the same version: id, ETag, metadata, tags, time.

    Replication "retains metadata, such as the original object creation times and version
    IDs": https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """
    with service_lock("s3"):
        if find_version(bucket, source.name, source.version_id):
            return
        replica = _backend().put_object(
            bucket,
            source.name,
            source.value,
            storage=storage_class or source.storage_class,
            etag=source.etag.strip('"'),
            disable_notification=True,
            **{name: getattr(source, name) for name in _STORED_WITH},
        )
        replica.set_metadata(dict(source.metadata), replace=True)
        for name in _SET_AFTERWARDS:
            setattr(replica, name, getattr(source, name))
        copy_tags(source, bucket)
        _order_by_age(bucket, source.name)


def replicate_marker(source: FakeDeleteMarker, bucket: str) -> None:
    """Store a delete marker in ``bucket`` as the same version."""
    with service_lock("s3"):
        target = find_bucket(bucket)
        if target is None or find_version(bucket, source.name, source.version_id):
            return
        target.keys[source.name] = copy.copy(source)
        _order_by_age(bucket, source.name)


def copy_tags(source: FakeKey, bucket: str) -> None:
    """Give the same version in ``bucket`` the tags of ``source``."""
    with service_lock("s3"):
        replica = find_version(bucket, source.name, source.version_id)
        if isinstance(replica, FakeKey):
            _backend().tagger.delete_all_tags_for_resource(replica.arn)
            _backend().tagger.copy_tags(source.arn, replica.arn)


def _order_by_age(bucket: str, key: str) -> None:
    """Make the newest version the current one, even if the replica of an older one is late."""
    existing: Any = find_bucket(bucket)
    existing.keys.getlist(key).sort(key=lambda version: version.last_modified)


def list_without_bytes() -> None:
    """Make moto copy keys without their bytes: it copies all of a bucket to list any prefix."""
    FakeKey.__deepcopy__ = _copy_without_bytes  # type: ignore[attr-defined]  # a patch of moto


def _copy_without_bytes(key: FakeKey, _: dict[int, Any]) -> FakeKey:
    copied: FakeKey = object.__new__(FakeKey)
    # A key closes its buffer and its parts when it is garbage: these are the original's.
    own = {"_value_buffer": BytesIO(), "multipart": None, "_etag": key.etag.strip('"')}
    copied.__dict__ |= key.__dict__ | own
    return copied
