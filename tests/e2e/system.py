"""The system, deployed by the documented command to a local cloud inside this process.

Inside, so that a test can strike at an exact point; the commands of a shell find it all the same.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from localcloud.cloud import Cloud
from localcloud.daemon import hosted
from localcloud.settings import Settings
from moto.backends import get_backend

from tools.harness.shell import ROOT, Shell, stream
from tools.harness.watch import Deployment, follow, wait_for_mail

RUN_SECONDS = 120.0


@dataclass
class System:
    """The deployed system, and what a user does with it."""

    shell: Shell
    deployment: Deployment
    mrap_arn: str
    state_dir: Path
    cloud: Cloud

    def client(self, service: str, region: str) -> Any:
        return boto3.Session().client(service, region)  # type: ignore[call-overload]  # names vary

    def upload(self, name: str, data: bytes, folder: Path) -> str:
        """``aws s3 cp`` through the MRAP; returns the time just before, for ``finish``."""
        file = folder / "upload.csv"
        file.write_bytes(data)
        before = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        target = f"s3://{self.mrap_arn}/input/{name}"
        self.shell.run("aws", "s3", "cp", "--no-progress", str(file), target, quiet=True)
        return before

    def finish(self, name: str, since: str = "") -> dict[str, Any]:
        """The Batch State row of the newest run of ``name`` begun after ``since``, once it has
        ended.
        """
        return follow(self.deployment, f"input/{name}", since, RUN_SECONDS)

    def mails(self) -> list[dict[str, Any]]:
        lines = self.shell.run("make", "-s", "mail", quiet=True).splitlines()
        return [json.loads(line) for line in lines]

    def mail_of(self, row: dict[str, Any]) -> dict[str, Any]:
        return wait_for_mail(
            lambda: self.shell.run("make", "-s", "mail", quiet=True), row["run_id"], RUN_SECONDS
        )

    def told_operators(self) -> list[str]:
        """What was published to the operators' topic of the first Region."""
        region, account = self.deployment.regions[0], self.deployment.account
        arn = f"arn:aws:sns:{region}:{account}:batch-operators{self.deployment.env}"
        topic = get_backend("sns")[account][region].topics[arn]
        return [message for _, message, *_ in topic.sent_notifications]

    def output(self, row: dict[str, Any], suffix: str = "", region: str | None = None) -> bytes:
        where = region or self.deployment.regions[0]
        answer = self.client("s3", where).get_object(
            Bucket=self.deployment.bucket(where), Key=row["output_key"] + suffix
        )
        return bytes(answer["Body"].read())


def eventually(check: Callable[[], bool], what: str, limit: float = 60.0) -> None:
    """Poll another process, which has no event to offer, until ``check`` holds."""
    deadline = time.monotonic() + limit
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit:.0f} s: {what}")
        time.sleep(0.2)


@contextmanager
def deployed(state_dir: Path, time_scale: float) -> Iterator[System]:
    """While it lasts, boto3 in this process talks to the local cloud, too."""
    identity = os.environ.get("SES_IDENTITY", "batch@example.com")
    settings = Settings(state_dir, time_scale, verified_identities=(identity,))
    before = dict(os.environ)
    with hosted(settings) as cloud:
        shell = Shell({"LOCALCLOUD_STATE": str(state_dir), "SES_IDENTITY": identity})
        os.environ.update(shell.environment)
        try:
            yield _deploy(shell, state_dir, cloud)
        finally:
            os.environ.clear()
            os.environ.update(before)


def _deploy(shell: Shell, state_dir: Path, cloud: Cloud) -> System:
    stream(["make", "deploy"], shell.environment, ROOT / "deployment")
    printed = shell.run("make", "-s", "settings", folder=ROOT / "deployment", quiet=True)
    settings = dict(line.split("=", 1) for line in printed.splitlines())
    regions = (settings["PRIMARY_REGION"], settings["SECONDARY_REGION"])
    deployment = Deployment(settings["ENV"], os.environ["AWS_ACCOUNT"], regions)
    return System(shell, deployment, settings["MRAP_ARN"], state_dir, cloud)
