"""Items of the Batch State table as plain data: attempts, and arrivals in the passive Region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from common import keys
from common.attempts import AttemptId
from common.run_state import STARTED, Attempt, Run, run_of

Item = dict[str, Any]
ARRIVED = "ARRIVED"  # status of an arrival
ARRIVAL = "arrival"  # its sort key


class InputVersion(NamedTuple):
    """One version of one input object; its size is in bytes."""

    key: str
    version_id: str
    size: int

    @property
    def run_id(self) -> str:
        """The id of the version's own run."""
        return keys.run_id(self.key, self.version_id)


def now() -> str:
    """Return the time as the items have it: ISO 8601, UTC, milliseconds, `Z`; sorts as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def owner_of(region: str, run_id: str) -> str:
    """Return the partition key of a Region's items of a run."""
    return f"{region}/{run_id}"


def attempt_item(
    attempt: AttemptId,
    region: str,
    version: InputVersion,
    status: str = STARTED,
    started_at: str = "",
) -> Item:
    """Return the item of an attempt of this Region, which begins now.

    `started_at` is when the run started, whichever attempt did it, or now.
    """
    time = now()
    return {
        "owner": owner_of(region, attempt.run_id),
        "item": attempt.item,
        "run_id": attempt.run_id,
        "attempt": attempt.number,
        "region": region,
        "key": version.key,
        "version_id": version.version_id,
        "size": version.size,
        "status": status,
        "started_at": started_at or time,
        "begun_at": time,
        "updated_at": time,
    }


def arrival_item(version: InputVersion, region: str, hours: int) -> Item:
    """Return the item of a version that arrives now, while the Region is passive.

    DynamoDB deletes it some time after so many hours.
    """
    expires = datetime.now(UTC) + timedelta(hours=hours)
    return {
        "owner": owner_of(region, version.run_id),
        "item": ARRIVAL,
        "run_id": version.run_id,
        "region": region,
        "key": version.key,
        "version_id": version.version_id,
        "size": version.size,
        "status": ARRIVED,
        "started_at": now(),
        "expires_at": int(expires.timestamp()),
    }


def version_of(item: Item) -> InputVersion:
    """Return the version that an attempt is at, or that arrived; never that of a copy."""
    return InputVersion(item["key"], item["version_id"], int(item["size"]))


def id_of(item: Item) -> AttemptId:
    """Return which attempt the item is of."""
    return AttemptId(item["run_id"], int(item["attempt"]))


def state_of(item: Mapping[str, Any]) -> Attempt:
    """Return what the item says about its run."""
    return Attempt(
        int(item["attempt"]),
        item["region"],
        item["status"],
        is_mail_uncertain(item),
        frozenset((int(number), region) for number, region in item.get("settled", [])),
    )


def run_of_items(items: Iterable[Mapping[str, Any]]) -> Run:
    """Return the state of the run whose attempts these items are, of both Regions."""
    return run_of(map(state_of, items))


def settled_claims(items: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Return what an operator's decision settles: number and Region of each uncertain mail."""
    return [[item["attempt"], item["region"]] for item in items if is_mail_uncertain(item)]


def is_mail_uncertain(item: Mapping[str, Any]) -> bool:
    """Tell whether a mail was claimed and nobody knows if it was sent (docs/decisions.md)."""
    return "mail_claim" in item and "mail_message_id" not in item
