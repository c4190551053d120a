"""What the tests of the reconciler share: inputs, rows, what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from common import keys
from common.state_table import StateTable, now
from tests.unit.support import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HERE, THERE = "us-west-2", "us-east-1"
LONG_AGO = "2026-01-01T00:00:00.000Z"
Pass = Callable[..., Any]


def upload(s3: S3Client, name: str = "a.csv", body: bytes = b"x", **more: Any) -> tuple[str, str]:
    """Key and version id of an input."""
    key = f"input/{name}"
    done = s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)
    return key, done["VersionId"]


def begin(state: StateTable, at: tuple[str, str], **more: Any) -> str:
    """A row of the other Region for an input; returns its run id."""
    key, version_id = at
    run_id = keys.run_id(key, version_id)
    row = {
        "run_id": run_id,
        "key": key,
        "version_id": version_id,
        "size": 1,
        "status": "STARTED",
        "region": THERE,
        "attempt": 1,
        "started_at": now(),
        "updated_at": now(),
    }
    state.create(row | more)
    return run_id


def read(state: StateTable, run_id: str) -> dict[str, Any]:
    return state.get(run_id) or {}


def versions(s3: S3Client) -> int:
    return len(s3.list_object_versions(Bucket=BUCKET).get("Versions", []))


def newest(s3: S3Client, key: str) -> Any:
    return s3.head_object(Bucket=BUCKET, Key=key)
