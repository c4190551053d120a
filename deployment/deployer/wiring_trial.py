"""Proves by use that S3 notifies both triggers and replicates both ways.

A notification takes effect some minutes after it is configured, usually five, and an upload before
that would never be processed. Whether S3 may assume the replication role shows in the status of an
object, and nowhere else.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from . import console
from .access_point import try_access_point
from .aws import Aws
from .buckets import clean_up
from .errors import DeployError
from .parallel import run_parallel
from .plan import Plan
from .stack_info import deployed_outputs

LIMIT_SECONDS = 20 * 60  # five minutes for the notification, fifteen for replication
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 20.0  # seconds between two probes
SETTLE_SECONDS = 60  # for probes that were written after those that have arrived
CLOCK_SKEW = 15 * 60  # seconds that this machine's clock may be ahead
FOLDER = "deployment-check"
# A trigger logs an empty object whose key ends in a slash, and starts nothing for it. There are
# several, because not all parts of S3 learn of a new configuration at once.
_PROBES = 3


def try_wiring(aws: Aws, plan: Plan, limit: float = LIMIT_SECONDS) -> None:
    """Write probes into both buckets until some have arrived everywhere; delete all of them.

    Raises DeployError with what has not arrived within the limit, or if the access point refuses.
    """
    account = aws.account(plan.settings.primary_region)
    primary, secondary = plan.settings.regions
    trials = [
        _Trial(aws, plan, account, source, target)
        for source, target in ((primary, secondary), (secondary, primary))
    ]
    mrap_arn = deployed_outputs(aws, plan.shared)["MrapArn"]
    try:
        try_access_point(mrap_arn, f"work/{FOLDER}/{uuid.uuid4().hex}")
        run_parallel(*(partial(trial.run, limit) for trial in trials))
    finally:
        for region in plan.settings.regions:
            for prefix in ("input", "output", "work"):
                clean_up(aws, plan.bucket(account, region), region, f"{prefix}/{FOLDER}/")


@dataclass
class _Trial:
    """Probes from the bucket of one Region to that of the other."""

    aws: Aws
    plan: Plan
    account: str
    source: str
    target: str
    start: float = field(default_factory=time.time)
    probes: list[str] = field(default_factory=list)

    def run(self, limit: float) -> None:
        """Write probes until one set of them is complete. Raises DeployError."""
        stopwatch, pause = console.Stopwatch(), FIRST_PAUSE
        while True:
            self.probes.append(self._write())
            time.sleep(pause)
            lacking = self._lacking()
            if not lacking:
                break
            if stopwatch.seconds > limit:
                raise DeployError(self._failure(lacking, stopwatch.seconds))
            if stopwatch.is_report_due():
                console.info(f"waiting until {lacking[0]} ({stopwatch.seconds} s)")
            pause = min(pause * 1.5, LONGEST_PAUSE)
        self._settle()
        console.info(
            f"S3 replicates from {self.source} to {self.target}, and notifies the triggers in both"
        )

    def _settle(self) -> None:
        """Wait for the replicas of later probes: a replica that comes late would not be deleted."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline and any(
            self._replication_status(key) == "PENDING"
            for probe in self.probes
            for key in probe_keys(probe)
        ):
            time.sleep(FIRST_PAUSE)

    def _failure(self, lacking: list[str], seconds: int) -> str:
        return (
            f"FAILED: what is written in {self.source} is not processed yet. In {seconds} s it did "
            f"not come about that {' and that '.join(lacking)}. Correct this and run make deploy "
            "again; make verify repeats the trial alone. A role that S3 may not assume or that "
            "lacks a permission shows as FAILED "
            "(https://repost.aws/knowledge-center/s3-troubleshoot-replication)."
        )

    def _write(self) -> str:
        """Write a set of probes; return what their keys have in common."""
        probe, s3 = uuid.uuid4().hex, self.aws.client("s3", self.source)
        bucket = self.plan.bucket(self.account, self.source)
        for key in probe_keys(probe):
            s3.put_object(Bucket=bucket, Key=key, Body=b"" if key.endswith("/") else b"check\n")
        return probe

    def _lacking(self) -> list[str]:
        """What has to come about until the next probe is complete; nothing if one is."""
        noted = {region: self._noted_keys(region) for region in (self.source, self.target)}
        lacking: list[str] = []
        for probe in reversed(self.probes):
            lacking = list(self._lacking_for(probe, noted))
            if not lacking:
                return []
        return lacking

    def _lacking_for(self, probe: str, noted: dict[str, set[str]]) -> Iterator[str]:
        inputs = {key for key in probe_keys(probe) if key.endswith("/")}
        for region, keys in noted.items():
            if not inputs <= keys:
                yield f"S3 notifies the trigger in {region}"
        for key in probe_keys(probe):
            if (status := self._replication_status(key)) != "COMPLETED":
                prefix = key.partition("/")[0]
                yield f"{prefix}/ replicates to {self.target} (its status is {status})"
                return

    def _noted_keys(self, region: str) -> set[str]:
        """The keys of folders that the trigger of the Region has logged since the start."""
        logs = self.aws.client("logs", region)
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{self.plan.function('trigger')}",
            startTime=int((self.start - CLOCK_SKEW) * 1000),
            filterPattern=f'"{FOLDER}"',
        )
        text = "".join(event["message"] for page in pages for event in page["events"])
        return {key for probe in self.probes for key in probe_keys(probe) if key in text}

    def _replication_status(self, key: str) -> str:
        s3 = self.aws.client("s3", self.source)
        head: dict[str, Any] = s3.head_object(
            Bucket=self.plan.bucket(self.account, self.source), Key=key
        )
        return str(head.get("ReplicationStatus", "none: no rule covers it"))


def probe_keys(probe: str) -> list[str]:
    """Return the keys of a set of probes: several folders of inputs, and an output."""
    folders = [f"input/{FOLDER}/{probe}/{number}/" for number in range(_PROBES)]
    return [*folders, f"output/{FOLDER}/{probe}"]
