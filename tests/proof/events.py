"""S3 events come at least once, and in any order: between S3 and Lambda, the plan has its say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote_plus

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.s3.notifications import Notifications
from localcloud.s3.peers import Functions
from tests.proof.plan import File


class Messenger:
    """Stands in front of Lambda. ``file_of`` is the file of a key, as the plan has it."""

    def __init__(self, cloud: Cloud) -> None:
        self._notifications = cloud.get(Notifications)
        assert self._notifications.functions is not None
        self._inner: Functions = self._notifications.functions
        self._notifications.functions = self
        self._lock = threading.Lock()
        self._held: list[Callable[[], object]] = []
        self._late: set[str] = set()
        self.file_of: Callable[[str], File | None] = lambda _: None
        self.active = ""

    def invoke(
        self,
        function: str,
        payload: bytes,
        principal: Principal,
        *,
        region: str,
        invocation_type: str = "RequestResponse",
    ) -> object:
        deliver = partial(
            self._inner.invoke, function, payload, principal,
            region=region, invocation_type=invocation_type,
        )  # fmt: skip
        key = _key(payload)
        file = self.file_of(key)
        if file is None:
            return deliver()
        with self._lock:
            if file.echo == "after the runbook":
                self._held.append(deliver)
            if file.late and region == self.active and key not in self._late:
                self._late.add(key)
                self._held.append(deliver)
                return None
        if file.echo == "at once":
            deliver()
        return deliver()

    def release(self) -> None:
        """Deliver what was held back."""
        with self._lock:
            held, self._held = self._held, []
        for deliver in held:
            deliver()


def _key(payload: bytes) -> str:
    records = json.loads(payload).get("Records") or [{}]
    return unquote_plus(records[0].get("s3", {}).get("object", {}).get("key", ""))
