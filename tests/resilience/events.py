"""S3 events come at least once, and in any order: between S3 and Lambda, the plan has its say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote_plus

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.s3.notifications import Functions, Notifications

from tests.resilience.plan import File

Version = tuple[str, str]  # key and version id


class Messenger:
    """Stands in front of Lambda; ``active`` is the Region where events may come late."""

    def __init__(self, cloud: Cloud) -> None:
        self._notifications = cloud.get(Notifications)
        assert self._notifications.functions is not None
        self._inner: Functions = self._notifications.functions
        self._notifications.functions = self
        self._lock = threading.Lock()
        self._held: list[Callable[[], object]] = []
        self._behind: dict[Version, Callable[[], object]] = {}
        self._late: set[str] = set()
        self._file_of: Callable[[str], File | None] = lambda _: None
        self.active = ""

    def serve(self, file_of: Callable[[str], File | None]) -> None:
        """From now on, the files of another plan."""
        with self._lock:
            self._file_of, self._late = file_of, set()

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
        version = _version(payload)
        file = self._file_of(version[0])
        if file is None:
            return deliver()
        if file.echo == "after the runbook":
            self._hold(deliver)
        if not self._comes_late(file, version, region, deliver):
            for each in [deliver] * (2 if file.echo == "at once" else 1) + self._behind_it(version):
                each()
        return None

    def release(self) -> None:
        """Deliver what was held back."""
        with self._lock:
            held, self._held, self._behind = [*self._behind.values(), *self._held], [], {}
        for deliver in held:
            deliver()

    def _hold(self, deliver: Callable[[], object]) -> None:
        with self._lock:
            self._held.append(deliver)

    def _comes_late(
        self, file: File, version: Version, region: str, deliver: Callable[[], object]
    ) -> bool:
        """The first event of a late file, which is then kept."""
        with self._lock:
            if file.late == "no" or region != self.active or version[0] in self._late:
                return False
            self._late.add(version[0])
            if file.late == "after the runbook":
                self._held.append(deliver)
            else:
                self._behind[version] = deliver
            return True

    def _behind_it(self, version: Version) -> list[Callable[[], object]]:
        """What waited for another version's event than its own."""
        with self._lock:
            return [self._behind.pop(each) for each in list(self._behind) if each != version]


def _version(payload: bytes) -> Version:
    """Key and version id; both empty in an event that tells of none."""
    records = json.loads(payload).get("Records") or [{}]
    about = records[0].get("s3", {}).get("object", {})
    return unquote_plus(about.get("key", "")), about.get("versionId", "")
