"""Inputs, attempts and arrivals for the tests of the reconciler and the watcher."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from common import keys
from common.attempts import AttemptId
from common.run_state import STARTED
from common.runs import InputVersion, Item, arrival_item, attempt_item
from common.state_table import StateTable
from tests.unit.helpers import BUCKET, write_item

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


def start_run(
    state: StateTable,
    version: Version,
    region: str = THERE,
    number: int = 1,
    status: str = STARTED,
    **attributes: Any,
) -> str:
    """Write the item of an attempt, as its Region did; return the id of the run."""
    run_id = keys.run_id(*version)
    item = attempt_item(AttemptId(run_id, number), region, InputVersion(*version, 1), status)
    write_item(state, item | attributes)
    return run_id


def arrive(state: StateTable, version: Version, region: str = HERE, **attributes: Any) -> str:
    """Write the arrival of a version; return the id of its run."""
    item = arrival_item(InputVersion(*version, 1), region, 168)
    write_item(state, item | attributes)
    return str(item["run_id"])


def attempts(state: StateTable, run_id: str) -> dict[tuple[str, int], Item]:
    """Return the items of the run's attempts by Region and number."""
    return {(item["region"], int(item["attempt"])): item for item in state.attempts(run_id)}


def count_versions(s3: S3Client) -> int:
    return len(s3.list_object_versions(Bucket=BUCKET).get("Versions", []))


def newest(s3: S3Client, key: str) -> Any:
    return s3.head_object(Bucket=BUCKET, Key=key)
