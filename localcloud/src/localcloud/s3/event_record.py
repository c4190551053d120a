"""One record of an S3 event notification, as AWS writes it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

import base64
import secrets
import threading
import time
from typing import Any
from urllib.parse import quote_plus

from moto.s3.models import FakeKey

from localcloud.s3.changes import Change

_MARKER_ETAG = "d41d8cd98f00b204e9800998ecf8427e"  # the MD5 of nothing


def record(
    change: Change, region: str, time: str, sequencer: str, configuration_id: str, owner: str
) -> dict[str, Any]:
    """Return the record that one notification configuration delivers; ``time`` is ISO 8601."""
    version = change.version if isinstance(change.version, FakeKey) else None
    details = {
        "key": quote_plus(change.key, safe="/"),  # a space is '+', '/' stays
        "size": version.size if version else None,
        "eTag": version.etag.strip('"') if version else _MARKER_ETAG if change.is_marker else None,
        "versionId": change.version_id,
        "sequencer": sequencer,
    }
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": time,
        "eventName": change.event,
        "userIdentity": {"principalId": principal_id(change.principal)},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {
            "x-amz-request-id": change.request_id or secrets.token_hex(8).upper(),
            "x-amz-id-2": base64.b64encode(secrets.token_bytes(48)).decode(),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": change.bucket,
                "ownerIdentity": {"principalId": owner},
                "arn": f"arn:aws:s3:::{change.bucket}",
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
