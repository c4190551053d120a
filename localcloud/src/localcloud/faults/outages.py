"""Outages of whole Regions.

- Every call to the Region is cut, and every call of a function that runs there. With us-east-1 go
  the control planes of IAM and Route 53, which live there:
  https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
- Asynchronous invocations of its functions are tried again, as after a throttle.
- Replication of S3 and DynamoDB from and to the Region pauses until its end, and so do deliveries
  of its EventBridge.
- DNS answers, and so do ARC's endpoints in other Regions.
"""

import logging
import threading
from typing import Any

from localcloud.cloud import Cloud
from localcloud.delay_queue import DelayQueue
from localcloud.dynamodb.replicas import Replicas
from localcloud.events.delivery import Delivery
from localcloud.faults.names import check_region
from localcloud.faults.origin import home_of
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.identify import Call
from localcloud.lambda_.executor import Throttled
from localcloud.lambda_.invocation import Lambda
from localcloud.s3.replication import Replication

log = logging.getLogger(__name__)


_PAUSABLE: tuple[type[DelayQueue[Any]], ...] = (Replication, Replicas, Delivery)


class Outages:
    """``begin`` is without effect in a Region that is out, ``end`` in one that is not."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self.regions: frozenset[str] = frozenset()
        if functions := cloud.find(Lambda):
            functions.executor.gates.append(self._hold)

    def begin(self, region: str) -> None:
        """Raises ValueError if there is no such Region."""
        check_region(region)
        with self._lock:
            if region in self.regions:
                return
            self.regions |= {region}
        log.warning("the Region is out", extra={"region": region})
        for part in self._pausable():
            part.pause(source=region)
            part.pause(target=region)

    def end(self, region: str) -> None:
        """Raises ValueError if there is no such Region."""
        check_region(region)
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

    def _hold(self, region: str) -> None:
        if region in self.regions:
            raise Throttled("CallerRateLimitExceeded")

    def _pausable(self) -> list[DelayQueue[Any]]:
        """Those that are installed: a cloud may do without some service."""
        return [part for kind in _PAUSABLE if (part := self._cloud.find(kind))]
