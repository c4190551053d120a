"""The system, deployed by the documented command to a local cloud inside this process.

Inside, so that a test can act at an exact point; the commands of a shell find it all the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from localcloud.testing import Execution, Hold, LocalCloud, local_cloud

from tests.e2e.foreign_writes import ForeignWrites
from tools.harness.deployment import Deployment
from tools.harness.mails import Mail, wait_for_mail
from tools.harness.runs import Row, rows_of
from tools.harness.shell import Shell
from tools.harness.watch import follow, timestamp

# `make test-slow` runs at the time of AWS: short waits hide what comes too early.
TIME_SCALE = float(os.environ.get("LOCALCLOUD_TIME_SCALE", "0.03"))
# Limits, not claims: other tests share the two cores.
RUN_SECONDS = 300.0 + 1800.0 * TIME_SCALE
EVENT_SECONDS = 60.0 + 600.0 * TIME_SCALE


@dataclass
class System:
    """The deployed system, and what a user does with it."""

    shell: Shell
    deployment: Deployment
    cloud: LocalCloud
    foreign_writes: ForeignWrites = field(default_factory=ForeignWrites)

    def client(self, service: str, region: str) -> Any:
        return boto3.Session().client(service, region)  # type: ignore[call-overload]  # names vary

    def upload(self, name: str, data: bytes, folder: Path) -> str:
        """Copy it through the MRAP; returns the time just before, for ``finish``."""
        file = folder / "upload.csv"
        file.write_bytes(data)
        before = timestamp()
        target = f"s3://{self.deployment.mrap_arn}/input/{name}"
        self.shell.run("aws", "s3", "cp", "--no-progress", str(file), target, quiet=True)
        return before

    def finish(self, name: str, since: str = "") -> dict[str, Any]:
        """Wait for the newest run of ``name`` begun after ``since`` to end; returns its row."""
        return follow(self.deployment, f"input/{name}", since, RUN_SECONDS)

    def process(self, name: str, data: bytes, folder: Path) -> dict[str, Any]:
        """Upload it and wait for its run to end; returns its row."""
        return self.finish(name, self.upload(name, data, folder))

    def rows(self, name: str, region: str) -> list[Row]:
        """The runs of ``name`` by a Region's own copy of the state table, read without a call."""
        items = self.cloud.table_items(self.deployment.state_table, region)
        return rows_of(item for item in items if item.get("key") == f"input/{name}")

    @contextmanager
    def held(self, state: str, region: str) -> Iterator[Hold[Execution]]:
        """Keep the Region's executions back that come to the state, until the end or released."""
        hold: Hold[Execution] = Hold(f"the state {state} in {region}", limit=RUN_SECONDS)

        def keep(execution: Execution, name: str) -> None:
            if name == state and execution.region == region:
                hold.keep(execution)

        with self.cloud.executions.observe(before=keep):
            try:
                yield hold
            finally:
                hold.release()

    def mail_of(self, row: dict[str, Any]) -> Mail:
        return wait_for_mail(self.shell, row["run_id"], RUN_SECONDS)

    def messages_to_operators(self, region: str | None = None) -> list[str]:
        """What was published to the operators' topic of a Region, by default of the first."""
        region, account = region or self.deployment.regions[0], self.deployment.account
        topic = f"arn:aws:sns:{region}:{account}:batch-operators{self.deployment.env}"
        return self.cloud.published_messages(topic)

    def output(self, row: dict[str, Any], suffix: str = "", region: str | None = None) -> bytes:
        """The merged file of a run, or the one with ``suffix``, by default in the first Region."""
        region = region or self.deployment.regions[0]
        bucket, key = self.deployment.bucket(region), row["output_key"] + suffix
        response = self.client("s3", region).get_object(Bucket=bucket, Key=key)
        return bytes(response["Body"].read())


def eventually(check: Callable[[], bool], claim: str, limit: float = EVENT_SECONDS) -> None:
    """Poll another process, which has no event to offer, until ``check`` holds."""
    deadline = time.monotonic() + limit
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit:.0f} s: {claim}")
        time.sleep(0.2)


@contextmanager
def deployed(
    state_dir: Path,
    time_scale: float,
    prepare: Callable[[LocalCloud], None] = lambda _: None,
    account: str = "ordinary",
) -> Iterator[System]:
    """Deploy to a cloud in this process, to which boto3 here talks as long as it lasts.

    ``prepare`` comes before anything is deployed. ``account``: new or ordinary.
    """
    identity = os.environ.get("SES_IDENTITY", "batch@example.com")
    environment = dict(os.environ)
    with local_cloud(
        state_dir, time_scale=time_scale, verified_identities=(identity,), account=account
    ) as cloud:
        prepare(cloud)
        _give_default_configuration_set(cloud, identity)
        shell = Shell.local({"LOCALCLOUD_STATE": str(state_dir), "SES_IDENTITY": identity})
        os.environ.update(shell.environment)
        try:
            shell.deploy()
            system = System(shell, Deployment.of(shell), cloud)
            with system.foreign_writes.watched(cloud):
                yield system
        finally:
            os.environ.clear()
            os.environ.update(environment)


def _give_default_configuration_set(cloud: LocalCloud, identity: str) -> None:
    """As the console's wizard does: every mail then needs a permission on the set as well."""
    for region in ("us-east-1", "us-west-2"):
        ses = cloud.client("sesv2", region)
        ses.create_configuration_set(ConfigurationSetName="default")
        ses.put_email_identity_configuration_set_attributes(
            EmailIdentity=identity, ConfigurationSetName="default"
        )
