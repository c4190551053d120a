"""What S3's permissions depend on besides the request: is an object there, has it tags?"""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend


def _backend(bucket: str) -> Any:
    backends: Any = get_backend("s3")
    if bucket not in backends.bucket_accounts:
        return None
    partition, account = backends.bucket_accounts[bucket]
    return backends[account][partition]


def is_there(bucket: str, key: str) -> bool:
    """Whether the current version of an object exists; a delete marker is none."""
    backend = _backend(bucket)
    if backend is None or bucket not in backend.buckets:
        return True  # NoSuchBucket is said to everybody
    found = backend.buckets[bucket].keys.get(key)
    return found is not None and type(found).__name__ != "FakeDeleteMarker"


def is_tagged(bucket: str, key: str) -> bool:
    backend = _backend(bucket)
    found = backend.buckets[bucket].keys.get(key) if backend and bucket in backend.buckets else None
    return found is not None and bool(backend.tagger.get_tag_dict_for_resource(found.arn))
