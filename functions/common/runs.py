"""Rows of the Batch State table as plain data, and who owns a run."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Owner(NamedTuple):
    """Who works on a run: a Region, with the number of its attempt."""

    region: str
    attempt: int

    def is_superseded_by(self, row: Mapping[str, Any]) -> bool:
        """Tell whether the row names another owner to whom this one has to give way."""
        same_attempt = row["attempt"] == self.attempt
        return bool(
            row["attempt"] > self.attempt or (same_attempt and row["region"] != self.region)
        )


def now() -> str:
    """Return the time as the rows have it: ISO 8601, UTC, milliseconds, `Z`; sorts as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def started_row(
    run_id: str, key: str, version_id: str, size: int, owner: Owner, started_at: str = ""
) -> dict[str, Any]:
    """Return the row of a run that its owner starts; `size` is in bytes.

    It counts as started at `started_at`, or now.
    """
    time = now()
    return {
        "run_id": run_id,
        "key": key,
        "version_id": version_id,
        "size": size,
        "status": "STARTED",
        "region": owner.region,
        "attempt": owner.attempt,
        "started_at": started_at or time,
        "updated_at": time,
    }


def is_mail_uncertain(row: Mapping[str, Any]) -> bool:
    """Tell whether a mail was claimed and nobody knows if it was sent (docs/decisions.md)."""
    return "mail_claimed_at" in row and "mail_message_id" not in row
