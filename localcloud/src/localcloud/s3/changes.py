"""What successful calls changed: which versions of which objects were created or removed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from moto.s3.models import FakeDeleteMarker

from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.s3 import store
from localcloud.s3.bucket_rules import permitted
from localcloud.s3.store import Version

_CREATED = {
    "PutObject": "ObjectCreated:Put",
    "CopyObject": "ObjectCreated:Copy",
    "CompleteMultipartUpload": "ObjectCreated:CompleteMultipartUpload",
}
_NS = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class Change:
    """``version`` is a new object or delete marker, or None if a version was removed for good."""

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
        """The id as an event shows it: absent in a bucket without versions."""
        version_id = self.version.version_id if self.version else self.removed_version_id
        return None if version_id == "null" else version_id


def changes_of(call: Call, response: Response) -> Iterator[Change]:
    """Yield the changes that ``call`` made."""
    if call.name in _CREATED:
        change = _change(_CREATED[call.name], call, response, call.params["Key"])
        version_id = header(response, "x-amz-version-id")
        version = store.find_version(change.bucket, change.key, version_id)
        if version is not None:  # None: overwritten or deleted for good in the meantime
            yield replace(change, version=version)
    elif call.name == "DeleteObject":
        change = _change("ObjectRemoved:Delete", call, response, call.params["Key"])
        version_id, marker = call.params.get("VersionId"), header(response, "x-amz-version-id")
        if marker and version_id is None:
            yield from _marker_created(change, marker)
        elif version_id or not store.is_versioned(change.bucket):
            yield replace(change, removed_version_id=version_id)
    elif call.name == "DeleteObjects":
        for key, version_id, marker in _deleted_objects(call, response):
            change = _change("ObjectRemoved:Delete", call, response, key)
            if marker and not version_id:
                yield from _marker_created(change, marker)
            else:
                yield replace(change, removed_version_id=version_id)


def header(response: Response, name: str) -> str | None:
    return next((v for k, v in response.headers.items() if k.lower() == name), None)


def _deleted_objects(
    call: Call, response: Response
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield key, removed version and new delete marker of each; a ``Quiet`` answer lacks them."""
    if call.params["Delete"].get("Quiet"):
        for entry in permitted(call):
            current = store.find_version(call.params["Bucket"], entry["Key"])
            marker = current.version_id if isinstance(current, FakeDeleteMarker) else None
            yield entry["Key"], entry.get("VersionId"), marker
        return
    for deleted in ElementTree.fromstring(response.body).iter(f"{_NS}Deleted"):  # noqa: S314 - our own answer
        text = {child.tag.removeprefix(_NS): child.text or "" for child in deleted}
        yield text["Key"], text.get("VersionId"), text.get("DeleteMarkerVersionId")


def _marker_created(change: Change, version_id: str) -> Iterator[Change]:
    marker = store.find_version(change.bucket, change.key, version_id)
    if marker is not None:
        yield replace(change, event="ObjectRemoved:DeleteMarkerCreated", version=marker)


def _change(event: str, call: Call, response: Response, key: str) -> Change:
    request_id = header(response, "x-amzn-requestid") or ""
    bucket = call.params["Bucket"]
    return Change(event, bucket, key, call.principal.arn, request_id=request_id)
