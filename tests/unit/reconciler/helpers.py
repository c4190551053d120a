"""Inputs and rows for the tests of the reconciler."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from common import keys
from common.runs import Owner, started_row
from common.state_table import StateTable
from tests.unit.helpers import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HERE, THERE = "us-west-2", "us-east-1"
LONG_AGO = "2026-01-01T00:00:00.000Z"
Reconcile = Callable[..., Any]
Version = tuple[str, str]  # key and version id


def upload(s3: S3Client, name: str = "a.csv", body: bytes = b"x", **params: Any) -> Version:
    """Store an input."""
    key = f"input/{name}"
    response = s3.put_object(Bucket=BUCKET, Key=key, Body=body, **params)
    return key, response["VersionId"]


def start_run(state: StateTable, version: Version, **attributes: Any) -> str:
    """Create the row of a run that the other Region has started; return its run id."""
    run_id = keys.run_id(*version)
    row = started_row(run_id, *version, size=1, owner=Owner(THERE, 1))
    state.create(row | attributes)
    return run_id


def count_versions(s3: S3Client) -> int:
    return len(s3.list_object_versions(Bucket=BUCKET).get("Versions", []))


def newest(s3: S3Client, key: str) -> Any:
    return s3.head_object(Bucket=BUCKET, Key=key)
