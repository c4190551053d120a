"""Attempts at a run, and how a copy of an input says which run it goes on with.

The reconciler hands an unfinished file to its own Region by copying the input version onto itself.
The copy is a new version; these marks in its metadata make it the next attempt at the same run.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from common import keys

RUN, ORIGIN, ATTEMPT = "batch-run-id", "batch-origin-version-id", "batch-attempt"
# Attempt.id, of a run id as common.keys makes it.
_ID = re.compile(r"(?P<run>[a-z0-9-]+-[0-9a-f]{24})(?:-(?P<number>[2-9]|[1-9][0-9]+))?")


class Attempt(NamedTuple):
    """One attempt at a run; the upload itself is number 1."""

    run_id: str
    number: int

    @property
    def id(self) -> str:
        """Names the execution, and whatever only this attempt writes (≤ 80 characters)."""
        return self.run_id if self.number == 1 else f"{self.run_id}-{self.number}"


def marks(run_id: str, origin_version_id: str, attempt: int) -> dict[str, str]:
    """User metadata of a copy that is to be the given attempt."""
    return {RUN: run_id, ORIGIN: origin_version_id, ATTEMPT: str(attempt)}


def attempt_of(key: str, version_id: str, metadata: Mapping[str, str]) -> Attempt:
    """What this input version is: an attempt after the first, or an upload.

    Metadata travels with a copy that a user makes under another key; such a copy is an upload, so
    the marks count only if they name the run of this very key.
    """
    run_id, number = metadata.get(RUN, ""), metadata.get(ATTEMPT, "")
    ours = run_id == keys.run_id(key, metadata.get(ORIGIN, ""))
    if ours and number.isascii() and number.isdigit() and int(number) > 1:
        return Attempt(run_id, int(number))
    return Attempt(keys.run_id(key, version_id), 1)


def attempt_with_id(name: str) -> Attempt | None:
    """The attempt that `name`, of an execution, is the id of; None if it is no attempt's."""
    found = _ID.fullmatch(name)
    return Attempt(found["run"], int(found["number"] or 1)) if found else None


def is_later(row: Mapping[str, Any], region: str, attempt: int) -> bool:
    """Whether the row names another attempt that this one has to give way to."""
    return bool(row["attempt"] > attempt or (row["attempt"] == attempt and row["region"] != region))
