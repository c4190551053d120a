"""Attempts at a run, and the marks by which a copy of an input continues a run.

The reconciler hands an unfinished file to its own Region: it copies the input version onto itself.
Marks in the metadata of the copy, which is a new version, name the attempt that it is for. Anybody
can write metadata, so marks count only where the attempt's item confirms them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from common import keys

RUN_ID, ORIGIN = "batch-run-id", "batch-origin-version-id"
ATTEMPT, REGION, TOKEN = "batch-attempt", "batch-region", "batch-token"
# AttemptId.name, with a run id as common.keys makes it.
_NAME = re.compile(r"(?P<run>[a-z0-9-]+-[0-9a-f]{24})(?:-(?P<number>[2-9]|[1-9][0-9]+))?")


class AttemptId(NamedTuple):
    """An attempt at a run, of whichever Region; the upload itself is number 1."""

    run_id: str
    number: int

    @property
    def name(self) -> str:
        """Name of the execution, and part of every key that this attempt writes; ≤ 80 letters."""
        return self.run_id if self.number == 1 else f"{self.run_id}-{self.number}"

    @property
    def item(self) -> str:
        """Sort key of the attempt's item in the state table."""
        return f"attempt-{self.number:04d}"


class Marks(NamedTuple):
    """What the metadata of a version claim: that it is the copy for this attempt of a Region.

    Both Regions can have an attempt of this number, so only the item of the one named decides.
    """

    attempt: AttemptId
    region: str
    token: str

    def name(self, item: Mapping[str, Any]) -> bool:
        """Tell whether the item is that of the attempt and Region."""
        return (item["run_id"], item["attempt"], item["region"]) == (*self.attempt, self.region)

    def are_confirmed_by(self, item: Mapping[str, Any], version_id: str) -> bool:
        """Tell whether the attempt's item has the token, and names no other version as its copy.

        The marks of a copy go along when somebody copies or restores it, as AWS documents it; then
        the token is right, and the version is another.
        """
        has_token = item.get("copy_token") == self.token
        is_version = item.get("copy_version_id", version_id) == version_id
        return self.name(item) and has_token and is_version


def copy_metadata(marks: Marks, origin_version_id: str) -> dict[str, str]:
    """Return the user metadata that mark a copy of this version."""
    return {
        RUN_ID: marks.attempt.run_id,
        ORIGIN: origin_version_id,
        ATTEMPT: str(marks.attempt.number),
        REGION: marks.region,
        TOKEN: marks.token,
    }


def marks_of(key: str, metadata: Mapping[str, str]) -> Marks | None:
    """Return the marks; None for an upload, and for a copy of a marked version to another key."""
    run_id, number = metadata.get(RUN_ID, ""), metadata.get(ATTEMPT, "")
    is_of_key = run_id == keys.run_id(key, metadata.get(ORIGIN, ""))
    region, token = metadata.get(REGION), metadata.get(TOKEN)
    if is_of_key and region and token and re.fullmatch("[0-9]{1,9}", number):
        return Marks(AttemptId(run_id, int(number)), region, token)
    return None


def parse_attempt_name(name: str) -> AttemptId | None:
    """Return the attempt whose execution has this name; None if it is not such a name."""
    match = _NAME.fullmatch(name)
    return AttemptId(match["run"], int(match["number"] or 1)) if match else None
