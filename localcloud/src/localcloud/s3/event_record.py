"""One record of an S3 event notification, as AWS writes it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import base64
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus


@dataclass(frozen=True)
class ObjectEvent:
    """``name`` is as in ``ObjectCreated:Put``, ``principal`` an ARN, ``time`` ISO 8601."""

    name: str
    region: str
    bucket: str
    key: str
    time: str
    principal: str
    size: int | None = None
    etag: str | None = None
    version_id: str | None = None
    source_ip: str = "127.0.0.1"
    request_id: str = ""
    sequencer: str = ""


def record(event: ObjectEvent, configuration_id: str, owner: str) -> dict[str, Any]:
    """Return the record that one notification configuration delivers for ``event``."""
    details = {
        "key": quote_plus(event.key, safe="/"),  # a space is '+', '/' stays
        "size": event.size,
        "eTag": event.etag,
        "versionId": event.version_id,
        "sequencer": event.sequencer,
    }
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": event.region,
        "eventTime": event.time,
        "eventName": event.name,
        "userIdentity": {"principalId": principal_id(event.principal)},
        "requestParameters": {"sourceIPAddress": event.source_ip},
        "responseElements": {
            "x-amz-request-id": event.request_id or secrets.token_hex(8).upper(),
            "x-amz-id-2": base64.b64encode(secrets.token_bytes(48)).decode(),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": event.bucket,
                "ownerIdentity": {"principalId": owner},
                "arn": f"arn:aws:s3:::{event.bucket}",
            },
            "object": {name: value for name, value in details.items() if value is not None},
        },
    }


def principal_id(arn: str) -> str:
    """Return ``AWS:<name>:<session>``; AWS has a unique id in place of the name."""
    return "AWS:" + ":".join(arn.split(":")[-1].split("/")[1:] or [arn])


class Sequencers:
    """Numbers events: hexadecimal, and greater for the later event of a key."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            return f"{self._last:018X}"
