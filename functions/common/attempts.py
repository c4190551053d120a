"""Attempts at a run, and the metadata by which a copy of an input continues a run.

The reconciler hands an unfinished file to its own Region: it copies the input version onto itself.
The metadata of the copy, which is a new version, makes it the next attempt at the same run.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from common import keys

RUN_ID, ORIGIN, ATTEMPT = "batch-run-id", "batch-origin-version-id", "batch-attempt"
# Attempt.id, with a run id as common.keys makes it.
_ATTEMPT_ID = re.compile(r"(?P<run>[a-z0-9-]+-[0-9a-f]{24})(?:-(?P<number>[2-9]|[1-9][0-9]+))?")


class Attempt(NamedTuple):
    """One attempt at a run; the upload itself is number 1."""

    run_id: str
    number: int

    @property
    def id(self) -> str:
        """Name of the execution, and part of every key that this attempt writes; ≤ 80 letters."""
        return self.run_id if self.number == 1 else f"{self.run_id}-{self.number}"


def copy_metadata(run_id: str, origin_version_id: str, attempt: int) -> dict[str, str]:
    """Return the user metadata that makes a copy this attempt at the run."""
    return {RUN_ID: run_id, ORIGIN: origin_version_id, ATTEMPT: str(attempt)}


def attempt_of_version(key: str, version_id: str, metadata: Mapping[str, str]) -> Attempt:
    """Return the attempt that an input version is: the first, unless its metadata say otherwise.

    Metadata go along when a user copies such a version to another key. That copy is an upload, so
    the metadata count only if they name the run of this very key.
    """
    run_id, number = metadata.get(RUN_ID, ""), metadata.get(ATTEMPT, "")
    is_of_key = run_id == keys.run_id(key, metadata.get(ORIGIN, ""))
    if is_of_key and number.isascii() and number.isdigit() and int(number) > 1:
        return Attempt(run_id, int(number))
    return Attempt(keys.run_id(key, version_id), 1)


def parse_attempt_id(name: str) -> Attempt | None:
    """Return the attempt whose id is the name of an execution; None if it is not such an id."""
    match = _ATTEMPT_ID.fullmatch(name)
    return Attempt(match["run"], int(match["number"] or 1)) if match else None
