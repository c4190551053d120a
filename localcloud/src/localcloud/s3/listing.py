"""moto lists versions by copying every version of a bucket, bytes and all, whatever the prefix."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from moto.s3.models import FakeKey


def list_without_bytes() -> None:
    """For the whole process: the copies, which only listings make, have no bytes."""
    FakeKey.__deepcopy__ = _listed  # type: ignore[attr-defined]  # a patch, see above


def _listed(key: FakeKey, _: dict[int, Any]) -> FakeKey:
    copied: FakeKey = object.__new__(FakeKey)
    # A key closes its buffer and its parts when it is garbage: these are the original's.
    own = {"_value_buffer": BytesIO(), "multipart": None, "_etag": key.etag.strip('"')}
    copied.__dict__ |= key.__dict__ | own
    return copied
