"""The report of a pass: how many files had which outcome, and some names for people to look at."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

Outcome = Literal[
    "requeued",
    "finished",
    "running",
    "missing",
    "unreadable",
    "failed",
    "uncertain",
    "unconfirmed",
    "withdrawn",
    "errors",
]
FOR_PEOPLE: tuple[Outcome, ...] = ("missing", "unreadable", "uncertain", "unconfirmed")
# A step of an automation keeps 100 KB of output, and a key has at most 1,024 bytes.
MAX_NAMES = 20
OUTCOMES_WITH_NAMES: tuple[Outcome, ...] = (*FOR_PEOPLE, "errors")


class Summary(TypedDict):
    """Counts of the unfinished files that a pass has seen. docs/operations.md explains each."""

    region: str
    active: str
    kind: str
    requeued: int
    finished: int
    running: int
    missing: int
    unreadable: int
    failed: int
    uncertain: int
    unconfirmed: int
    withdrawn: int
    errors: int
    complete: bool
    files: dict[str, list[str]]


class Report:
    """Counts files from several threads."""

    def __init__(self, region: str, active: str, kind: str) -> None:
        self._region = region
        self._active = active
        self._kind = kind
        self._counts: dict[Outcome, int] = {}
        self._files: dict[str, list[str]] = {}
        self._lock = Lock()
        self.is_complete = True

    def add(self, outcome: Outcome, key: str) -> None:
        """Add one file."""
        with self._lock:
            self._counts[outcome] = self._counts.get(outcome, 0) + 1
            if outcome in OUTCOMES_WITH_NAMES:
                names = self._files.setdefault(outcome, [])
                names.extend([key] if len(names) < MAX_NAMES else [])

    def count(self, *outcomes: Outcome) -> int:
        """Return how many files had one of these outcomes."""
        return sum(self._counts.get(outcome, 0) for outcome in outcomes)

    def summary(self) -> Summary:
        """Return the report as plain data."""
        counts = self._counts
        return {
            "region": self._region,
            "active": self._active,
            "kind": self._kind,
            "requeued": counts.get("requeued", 0),
            "finished": counts.get("finished", 0),
            "running": counts.get("running", 0),
            "missing": counts.get("missing", 0),
            "unreadable": counts.get("unreadable", 0),
            "failed": counts.get("failed", 0),
            "uncertain": counts.get("uncertain", 0),
            "unconfirmed": counts.get("unconfirmed", 0),
            "withdrawn": counts.get("withdrawn", 0),
            "errors": counts.get("errors", 0),
            "complete": self.is_complete,
            "files": self._files,
        }


def publish_summary(sns: SNSClient, topic_arn: str, summary: Summary) -> None:
    """Send the summary to the operators as text; a message takes 256 KB."""
    sns.publish(
        TopicArn=topic_arn,
        Subject=f"Failover to {summary['region']}: {summary['kind']} pass",
        Message=json.dumps(summary, indent=2, ensure_ascii=False),
    )
