"""A whole Region fails.

- Every call to the Region is cut, from outside and from engines of ours alike; so is every call of
  a function that runs there. With us-east-1 go the control planes of IAM and Route 53, which live
  there: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
- Events wait: asynchronous invocations of its functions are tried again, as after a throttle.
- Replication of S3 and DynamoDB from and to the Region pauses, and goes on afterwards; so do its
  deliveries of EventBridge.
- DNS answers, and ARC's other four endpoints do.
"""

from __future__ import annotations

import logging
import threading
from typing import Protocol, TypeVar

from localcloud.cloud import Cloud
from localcloud.faults.where import home_of
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.identify import Call

log = logging.getLogger(__name__)
T = TypeVar("T")


class _Pausable(Protocol):
    def pause(
        self, name: str | None = None, /, source: str | None = None, target: str | None = None
    ) -> None: ...

    def resume(
        self, name: str | None = None, /, source: str | None = None, target: str | None = None
    ) -> None: ...


class Outages:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self.regions: frozenset[str] = frozenset()
        self._hold_functions()

    def begin(self, region: str) -> None:
        with self._lock:
            if region in self.regions:
                return
            self.regions |= {region}
        log.warning("the Region is out", extra={"region": region})
        for part in self._pausable():
            part.pause(source=region)
            part.pause(target=region)

    def end(self, region: str) -> None:
        with self._lock:
            if region not in self.regions:
                return
            self.regions -= {region}
        log.warning("the Region is back", extra={"region": region})
        for part in self._pausable():
            part.resume(source=region)
            part.resume(target=region)

    def check(self, call: Call) -> None:
        if not self.regions:
            return
        if call.region in self.regions:
            raise ConnectionCut(f"{call.request.host}: {call.region} is out")
        home = home_of(call.principal)
        if home in self.regions and not call.request.presigned:
            raise ConnectionCut(f"{call.request.host}: the caller's Region {home} is out")

    def _hold_functions(self) -> None:
        from localcloud.lambda_.executor import Throttled
        from localcloud.lambda_.invocation import Lambda

        functions = _installed(self._cloud, Lambda)
        if functions is None:
            return

        def hold(region: str) -> None:
            if region in self.regions:
                raise Throttled("CallerRateLimitExceeded")

        functions.executor.gates.append(hold)

    def _pausable(self) -> list[_Pausable]:
        from localcloud.dynamodb.replicas import Replicas
        from localcloud.events.delivery import Delivery
        from localcloud.s3.replication import Replication

        kinds: tuple[type[_Pausable], ...] = (Replication, Replicas, Delivery)
        found = [_installed(self._cloud, kind) for kind in kinds]
        return [one for one in found if one is not None]


def _installed(cloud: Cloud, kind: type[T]) -> T | None:
    """Imported late and looked up softly: a cloud may do without the service."""
    try:
        return cloud.get(kind)
    except KeyError:
        return None
