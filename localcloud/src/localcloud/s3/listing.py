"""A faster list of versions: moto copies all of a bucket, with their bytes, for any prefix."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from moto.s3.models import FakeKey


def list_without_bytes() -> None:
    """Make copies of keys without bytes, in the whole process; only listings make copies."""
    FakeKey.__deepcopy__ = _copy_without_bytes  # type: ignore[attr-defined]  # a patch of moto


def _copy_without_bytes(key: FakeKey, _: dict[int, Any]) -> FakeKey:
    copied: FakeKey = object.__new__(FakeKey)
    # A key closes its buffer and its parts when it is garbage: these are the original's.
    own = {"_value_buffer": BytesIO(), "multipart": None, "_etag": key.etag.strip('"')}
    copied.__dict__ |= key.__dict__ | own
    return copied
