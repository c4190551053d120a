"""Names and data that the function tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from common.csv_text import line
from common.records import INPUT_COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "batch-unit"
STATE, ERRORS, FINANCE = "batch-state", "batch-errors", "financial-data"
MRAP = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"

GOOD = {
    "uuid": "123456789",
    "Country": "Tuvalu",
    "Item Type": "Baby Food",
    "Sales Channel": "Offline",
    "Order Priority": "H",
    "Order Date": "5/28/2010",
    "Region": "Australia and Oceania",
    "Ship Date": "6/27/2010",
}
ADDED = {
    "Units Sold": "9925",
    "Unit Price": "255.28",
    "Unit Cost": "159.42",
    "Total Revenue": "2533654.00",
    "Total Cost": "1582243.50",
    "Total Profit": "951410.50",
}
HEADER = ",".join(INPUT_COLUMNS)

# What the emailer gets for a run that ended well.
EVENT: dict[str, Any] = {
    "outcome": "completed",
    "run_id": "r",
    "attempt": 1,
    "key": "input/sales.csv",
    "rows_in": 10,
    "rows_out": 8,
    "rows_rejected": 2,
    "replicated": True,
    "output_key": "output/r/sales.csv",
    "output_version_id": "v1",
    "rejects_key": "output/r/sales.csv.rejects.csv",
    "rejects_version_id": "v2",
}


def csv_file(*rows: list[str], header: str = HEADER, newline: str = "\n") -> bytes:
    """An input file of the rows."""
    lines = [header, *(line(row).removesuffix("\r\n") for row in rows)]
    return (newline.join(lines) + newline).encode()


def put(s3: S3Client, key: str, body: bytes) -> str:
    """Store an object; returns its version id."""
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"]


def body_of(s3: S3Client, key: str) -> bytes:
    """The bytes of the newest version."""
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def given(monkeypatch: pytest.MonkeyPatch, settings: Any, **environment: str) -> None:
    """Put a function's settings into the environment and make it read them again."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


def failing(code: str, status: int = 400) -> Callable[..., Any]:
    """A client method that answers with this error."""

    def call(**_: Any) -> Any:
        answer: Any = {
            "Error": {"Code": code, "Message": "as told"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        raise ClientError(answer, "Operation")

    return call
