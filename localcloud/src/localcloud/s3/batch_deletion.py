"""DeleteObjects: each key is judged by itself, and an error of its own where it is refused.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from typing import Any

from localcloud.gateway.answer import serialize
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.s3.store import Store


def permitted(call: Call) -> list[dict[str, Any]]:
    """Return the entries of DeleteObjects that the caller may delete."""
    entries = enumerate(call.params["Delete"]["Objects"])
    return [entry for number, entry in entries if number not in call.refused_parts]


def delete_objects(call: Call, store: Store) -> Response:
    """Delete what may be deleted; ``Quiet`` answers list the errors only."""
    deletion = call.params["Delete"]
    deleted = store.delete_objects(call.params["Bucket"], permitted(call))
    errors = [
        {**_named(deletion["Objects"][number]), "Code": error.code, "Message": error.message}
        for number, error in sorted(call.refused_parts.items())
    ]
    return serialize(call, {"Deleted": [] if deletion.get("Quiet") else deleted, "Errors": errors})


def _named(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("Key", "VersionId") if name in entry}
