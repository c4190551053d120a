"""What S3's permissions depend on besides the request: does an object exist, has it tags?"""

from typing import Any

from moto.backends import get_backend
from moto.s3.models import FakeKey


def exists(bucket: str, key: str, version_id: str | None) -> bool:
    """Whether the object exists, in this version or its current one; a delete marker is none."""
    backend = _backend(bucket)
    if backend is None:
        return True  # everybody may know that there is no such bucket
    return _object(backend, bucket, key, version_id) is not None


def tags_of(bucket: str, key: str, version_id: str | None) -> dict[str, str]:
    """The tags of the object, in this version or its current one."""
    backend = _backend(bucket)
    version = _object(backend, bucket, key, version_id) if backend else None
    return dict(backend.tagger.get_tag_dict_for_resource(version.arn)) if version else {}


def _object(backend: Any, bucket: str, key: str, version_id: str | None) -> Any:
    versions = backend.buckets[bucket].keys.getlist(key, [])
    if version_id is None:
        versions = versions[-1:]
    else:
        versions = [version for version in versions if version.version_id == version_id]
    return versions[0] if versions and isinstance(versions[0], FakeKey) else None


def _backend(bucket: str) -> Any:
    """moto's S3 of the account that has the bucket; None if there is no such bucket."""
    backends: Any = get_backend("s3")
    if bucket not in backends.bucket_accounts:
        return None
    partition, account = backends.bucket_accounts[bucket]
    backend = backends[account][partition]
    return backend if bucket in backend.buckets else None
