"""What S3's permissions depend on besides the request: does an object exist, has it tags?"""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend


def exists(bucket: str, key: str) -> bool:
    """Whether the current version of an object exists; a delete marker is none."""
    backend = _backend(bucket)
    if backend is None:
        return True  # everybody may know that there is no such bucket
    version = backend.buckets[bucket].keys.get(key)
    return version is not None and type(version).__name__ != "FakeDeleteMarker"


def is_tagged(bucket: str, key: str) -> bool:
    backend = _backend(bucket)
    version = backend.buckets[bucket].keys.get(key) if backend else None
    return version is not None and bool(backend.tagger.get_tag_dict_for_resource(version.arn))


def _backend(bucket: str) -> Any:
    """moto's S3 of the account that has the bucket; None if there is no such bucket."""
    backends: Any = get_backend("s3")
    if bucket not in backends.bucket_accounts:
        return None
    partition, account = backends.bucket_accounts[bucket]
    backend = backends[account][partition]
    return backend if bucket in backend.buckets else None
