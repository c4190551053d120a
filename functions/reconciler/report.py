"""What a pass did, counted; with some of the names of what needs a person."""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

Outcome = Literal[
    "requeued", "finished", "running", "missing", "failed", "uncertain", "withdrawn", "errors"
]
# A step of an automation keeps 100 KB of output, and a name is at most 1,024 bytes.
NAMES = 20
NAMED: tuple[Outcome, ...] = ("missing", "uncertain", "errors")


class Summary(TypedDict):
    """Of all unfinished files that this pass looked at. docs/operations.md says what each means."""

    region: str
    active: str
    kind: str
    requeued: int
    finished: int
    running: int
    missing: int
    failed: int
    uncertain: int
    withdrawn: int
    errors: int
    complete: bool
    files: dict[str, list[str]]


class Report:
    """Counts from several threads."""

    def __init__(self, region: str, active: str, kind: str) -> None:
        self._head = (region, active, kind)
        self._counts: dict[Outcome, int] = {}
        self._files: dict[str, list[str]] = {}
        self._lock = Lock()
        self.complete = True

    def add(self, outcome: Outcome, key: str) -> None:
        """One more file."""
        with self._lock:
            self._counts[outcome] = self._counts.get(outcome, 0) + 1
            names = self._files.setdefault(outcome, [])
            if outcome in NAMED and len(names) < NAMES:
                names.append(key)

    def summary(self) -> Summary:
        """As plain data."""
        region, active, kind = self._head
        counts = self._counts
        return {
            "region": region,
            "active": active,
            "kind": kind,
            "requeued": counts.get("requeued", 0),
            "finished": counts.get("finished", 0),
            "running": counts.get("running", 0),
            "missing": counts.get("missing", 0),
            "failed": counts.get("failed", 0),
            "uncertain": counts.get("uncertain", 0),
            "withdrawn": counts.get("withdrawn", 0),
            "errors": counts.get("errors", 0),
            "complete": self.complete,
            "files": {name: found for name, found in self._files.items() if found},
        }


def tell_operators(sns: SNSClient, topic_arn: str, summary: Summary) -> None:
    """The summary as text; a message takes 256 KB."""
    sns.publish(
        TopicArn=topic_arn,
        Subject=f"Failover to {summary['region']}: {summary['kind']} pass",
        Message=json.dumps(summary, indent=2, ensure_ascii=False),
    )
