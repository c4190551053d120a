"""The report of a pass: how many files had which outcome, and some names for people to look at."""

from __future__ import annotations

import json
from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from common.visible_text import visible

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
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FOR_PEOPLE: tuple[Outcome, ...] = ("missing", "unreadable", "uncertain", "unconfirmed")
# A step of an automation keeps 100 KB of output, and a key has at most 1,024 bytes.
MAX_NAMES = 20
OUTCOMES_WITH_NAMES: tuple[Outcome, ...] = (*FOR_PEOPLE, "errors")


class Summary(TypedDict):
    """Counts of the unfinished files that a pass came to, in all of its calls so far.

    docs/operations.md explains each.
    """

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
        self._counts: Counter[str] = Counter()
        self._earlier_counts: Counter[str] = Counter()
        self._files: dict[str, list[str]] = {}
        self._lock = Lock()
        self.is_complete = True

    def add_earlier(self, summary: Summary) -> None:
        """Go on with the report of the calls before, which this one continues."""
        self._earlier_counts.update({name: summary[name] for name in OUTCOMES})
        self._files = {name: list(files) for name, files in summary["files"].items()}

    def add(self, outcome: Outcome, key: str) -> None:
        """Add one file."""
        with self._lock:
            self._counts[outcome] += 1
            if outcome in OUTCOMES_WITH_NAMES:
                names = self._files.setdefault(outcome, [])
                names.extend([visible(key)] if len(names) < MAX_NAMES else [])

    def count(self, *outcomes: Outcome) -> int:
        """Return how many files had one of these outcomes, in this call alone."""
        return sum(self._counts[outcome] for outcome in outcomes)

    def summary(self) -> Summary:
        """Return the report as plain data."""
        counts = self._counts + self._earlier_counts
        return {
            "region": self._region,
            "active": self._active,
            "kind": self._kind,
            "requeued": counts["requeued"],
            "finished": counts["finished"],
            "running": counts["running"],
            "missing": counts["missing"],
            "unreadable": counts["unreadable"],
            "failed": counts["failed"],
            "uncertain": counts["uncertain"],
            "unconfirmed": counts["unconfirmed"],
            "withdrawn": counts["withdrawn"],
            "errors": counts["errors"],
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
