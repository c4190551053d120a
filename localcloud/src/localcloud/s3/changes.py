"""What successful calls changed: which versions of which objects came, and which went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from moto.s3.models import FakeDeleteMarker

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.s3.store import Store, Version

_CREATED = {
    "PutObject": "ObjectCreated:Put",
    "CopyObject": "ObjectCreated:Copy",
    "CompleteMultipartUpload": "ObjectCreated:CompleteMultipartUpload",
}
_NS = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class Change:
    """``version`` is what came to be, object or delete marker; None if one was removed for good."""

    event: str
    bucket: str
    key: str
    principal: str
    version: Version | None = None
    removed_version_id: str | None = None
    request_id: str = ""

    @property
    def is_marker(self) -> bool:
        return isinstance(self.version, FakeDeleteMarker)

    @property
    def version_id(self) -> str | None:
        """As an event shows it: absent in a bucket without versions."""
        found = self.version.version_id if self.version else self.removed_version_id
        return None if found == "null" else found


def changes_of(call: Call, response: Response, store: Store) -> Iterator[Change]:
    """The changes that ``call`` made."""
    if call.name in _CREATED:
        yield from _created(call, response, store)
    elif call.name == "DeleteObject":
        yield from _deleted(call, response, store)
    elif call.name == "DeleteObjects":
        yield from _many_deleted(call, response, store)


def header(response: Response, name: str) -> str | None:
    return next((v for k, v in response.headers.items() if k.lower() == name), None)


def _created(call: Call, response: Response, store: Store) -> Iterator[Change]:
    bucket, key = call.params["Bucket"], call.params["Key"]
    version = store.version(bucket, key, header(response, "x-amz-version-id"))
    if version is not None:  # None: overwritten or deleted for good in the meantime
        yield Change(_CREATED[call.name], version=version, **_about(call, response, bucket, key))


def _deleted(call: Call, response: Response, store: Store) -> Iterator[Change]:
    bucket, key, wanted = (call.params.get(name) for name in ("Bucket", "Key", "VersionId"))
    found = header(response, "x-amz-version-id")
    if wanted is None and found:
        yield from _marked(_about(call, response, bucket, key), found, store)
    elif wanted or not store.is_versioned(str(bucket)):
        yield Change(
            "ObjectRemoved:Delete",
            removed_version_id=wanted,
            **_about(call, response, bucket, key),
        )


def _many_deleted(call: Call, response: Response, store: Store) -> Iterator[Change]:
    """The answer names each key and the marker that came; with ``Quiet`` it does not."""
    bucket = call.params["Bucket"]
    if call.params["Delete"].get("Quiet"):
        for entry in call.params["Delete"]["Objects"]:
            about = _about(call, response, bucket, entry["Key"])
            current = store.version(bucket, entry["Key"])
            if entry.get("VersionId") is None and isinstance(current, FakeDeleteMarker):
                yield from _marked(about, current.version_id, store)
            else:
                yield Change(
                    "ObjectRemoved:Delete", removed_version_id=entry.get("VersionId"), **about
                )
        return
    for deleted in ElementTree.fromstring(response.body).iter(f"{_NS}Deleted"):  # noqa: S314 - our own answer
        text = {child.tag.removeprefix(_NS): child.text or "" for child in deleted}
        about = _about(call, response, bucket, text["Key"])
        if marker := not text.get("VersionId") and text.get("DeleteMarkerVersionId"):
            yield from _marked(about, str(marker), store)
        else:
            yield Change("ObjectRemoved:Delete", removed_version_id=text.get("VersionId"), **about)


def _marked(about: dict[str, Any], version_id: str, store: Store) -> Iterator[Change]:
    marker = store.version(about["bucket"], about["key"], version_id)
    if marker is not None:
        yield Change("ObjectRemoved:DeleteMarkerCreated", version=marker, **about)


def _about(call: Call, response: Response, bucket: Any, key: Any) -> dict[str, Any]:
    return {
        "bucket": bucket,
        "key": key,
        "principal": call.principal.arn,
        "request_id": header(response, "x-amzn-requestid") or "",
    }
