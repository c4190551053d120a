"""``local_cloud``: a whole local cloud in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from boto3.dynamodb.types import TypeDeserializer
from botocore.awsrequest import HeadersDict
from moto.backends import get_backend

from localcloud.clock import ScaledClock
from localcloud.cloud import Cloud
from localcloud.daemon import hosted
from localcloud.dynamodb.replicas import Replicas
from localcloud.dynamodb.tables import find_table, items_of
from localcloud.events.delivery import Delivery
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request
from localcloud.gateway.moto_bridge import service_lock
from localcloud.lambda_ import Lambda
from localcloud.quotas import BY_ACCOUNT
from localcloud.s3.mrap import MultiRegionAccessPoints
from localcloud.s3.notifications import Notifications
from localcloud.s3.replication import Replication as ObjectReplication
from localcloud.ses.mailbox import Mailbox
from localcloud.settings import Settings
from localcloud.ssm import Automation
from localcloud.testing.automation import AutomationExecution
from localcloud.testing.calls import Calls
from localcloud.testing.dns import Dns
from localcloud.testing.executions import Executions
from localcloud.testing.faults import Faults
from localcloud.testing.functions import Functions
from localcloud.testing.replication import Replication
from localcloud.testing.s3_events import S3Events
from localcloud.testing.stacks import Stack, stacks_of

_plain = TypeDeserializer().deserialize
_QUIET_LOOKS = 3  # what moves hands over to what else moves: one quiet look is no rest


class _Queue(Protocol):
    def settled(self, timeout: float) -> bool: ...


@contextmanager
def local_cloud(
    state_dir: Path,
    *,
    time_scale: float = 0.1,
    verified_identities: tuple[str, ...] = (),
    account: str = "ordinary",
) -> Iterator[LocalCloud]:
    """Run a local cloud in this process; ``LOCALCLOUD_STATE=<state_dir> localcloud env`` finds it.

    One at a time, since moto's state is the process's. ``verified_identities``: SES's, everywhere.
    ``account``: as in LOCALCLOUD_ACCOUNT.
    """
    settings = Settings(
        state_dir, time_scale, verified_identities=verified_identities, quotas=BY_ACCOUNT[account]
    )
    with hosted(settings) as cloud:
        yield LocalCloud(cloud)


class LocalCloud:
    """What a test sees of a running cloud, and does to it."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.state_dir = cloud.settings.state_dir
        self.look_seconds = 0.02  # between two looks whether all is at rest
        self.calls = Calls(cloud)
        self.dns = Dns(cloud)
        self.executions = Executions(cloud)
        self.faults = Faults(cloud)
        self.functions = Functions(cloud)
        self.items = Replication(cloud.get(Replicas))
        self.objects = Replication(cloud.get(ObjectReplication))
        self.s3_events = S3Events(cloud)

    def fetch(self, url: str) -> bytes:
        """Follow a presigned link, without sockets. Raises OSError if it leads nowhere."""
        request = Request("GET", url, HeadersDict({"Host": urlsplit(url).netloc}))
        try:
            response = self._cloud.gateway.handle(request)
        except ConnectionCut as cut:
            raise OSError(str(cut)) from cut
        if response.status != HTTPStatus.OK:
            raise OSError(f"status {response.status}: {response.body[:500]!r}")
        return response.body

    def client(self, service: str, region: str) -> Any:
        """A client that calls as the operator, without sockets."""
        return self._cloud.clients.client(service, region)

    # Time

    @property
    def time_scale(self) -> float:
        """How many seconds a second of AWS time takes here; may be set at any time."""
        return self._clock.scale

    @time_scale.setter
    def time_scale(self, scale: float) -> None:
        self._clock.scale = scale

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of AWS time."""
        self._clock.sleep(seconds)

    @property
    def _clock(self) -> ScaledClock:
        clock = self._cloud.clock
        assert isinstance(clock, ScaledClock)  # noqa: S101 - `local_cloud` made it
        return clock

    # Rest

    def activity(self) -> list[str]:
        """What is under way, in words; empty when all is at rest. What is paused does not count."""
        find = self._cloud.get
        queues: dict[str, _Queue] = {
            "replication of objects": find(ObjectReplication),
            "replication of items": find(Replicas),
            "events of S3": find(Notifications),
            "events of EventBridge": find(Delivery),
            "asynchronous invocations": find(Lambda).queue,
        }
        running = [execution.arn for execution in self.executions.find("RUNNING")]
        return running + [name for name, queue in queues.items() if not queue.settled(0.0)]

    def settle(self, timeout: float, until: threading.Event | None = None) -> bool:
        """Wait for all to be at rest, or ``until``; False after ``timeout`` seconds."""
        until = until or threading.Event()
        deadline = time.monotonic() + timeout
        quiet = 0
        while quiet < _QUIET_LOOKS:
            if until.wait(self.look_seconds):  # at many parts, which have no event in common
                return True
            if time.monotonic() > deadline:
                return False
            quiet = 0 if self.activity() else quiet + 1
        return True

    # What there is

    def stacks(self, region: str) -> list[Stack]:
        """The Region's stacks, newest first, nested and deleted ones too."""
        return stacks_of(self._cloud, region)

    def table_items(self, table: str, region: str) -> list[dict[str, Any]]:
        """A Region's own copy of a table's items as plain values, read without a call."""
        with service_lock("dynamodb"):
            contents = find_table(region, table)
            if contents is None:
                raise KeyError(f"{region} has no table {table}")
            items = [item.to_json()["Attributes"] for _, item in items_of(contents)]
        return [{name: _plain(value) for name, value in item.items()} for item in items]

    def mails(self) -> list[dict[str, Any]]:
        """What SES took, oldest first, as ``localcloud mail`` prints it."""
        return self._cloud.get(Mailbox).messages()

    def published_messages(self, topic_arn: str) -> list[str]:
        """What was published to an SNS topic, oldest first."""
        _, _, _, region, account, _ = topic_arn.split(":")
        with service_lock("sns"):
            topic = get_backend("sns")[account][region].topics[topic_arn]
            return [message for _, message, *_ in topic.sent_notifications]

    @contextmanager
    def function_errors_pass_for_answers(self) -> Iterator[None]:
        """Let a runbook's step succeed whose function raised an error."""
        before = self._cloud.settings
        self._cloud.settings = replace(before, function_errors_fail_steps=False)
        try:
            yield
        finally:
            self._cloud.settings = before

    def automation_execution(self, region: str, execution_id: str) -> AutomationExecution:
        """An execution of a runbook; KeyError if there is none."""
        return AutomationExecution(self._cloud.get(Automation).execution(region, execution_id))

    # Where callers are

    @property
    def nearest_region(self) -> str | None:
        """The Region of a Multi-Region Access Point that is nearest to callers from outside."""
        return self._cloud.get(MultiRegionAccessPoints).nearest

    @nearest_region.setter
    def nearest_region(self, region: str | None) -> None:
        self._cloud.get(MultiRegionAccessPoints).nearest = region
