"""The events that S3 sends to functions: late, twice, in another order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import unquote_plus

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.s3.notifications import Notifications


class S3Event:
    """What S3 has to tell a function about one version of an object."""

    def __init__(self, key: str, version_id: str, region: str, send: Callable[[], object]) -> None:
        self.key = key
        self.version_id = version_id
        self.region = region  # the function's
        self._send = send

    def deliver(self) -> None:
        """Hand it to the function; any number of times, at any time."""
        self._send()


S3EventHook = Callable[[S3Event], None]


def _intercept(
    invoke: Callable[..., object], hook: S3EventHook, function: str, payload: bytes,
    principal: Principal, *, region: str, **options: str,
) -> object:  # fmt: skip
    """Stand between S3 and ``invoke``, Lambda's."""
    send = partial(invoke, function, payload, principal, region=region, **options)
    records = json.loads(payload).get("Records")
    if not records:  # S3 only asks whether it may
        return send()
    item = records[0]["s3"]["object"]
    hook(S3Event(unquote_plus(item["key"]), item.get("versionId", ""), region, send))
    return None


class S3Events:
    """``cloud.s3_events``."""

    def __init__(self, cloud: Cloud) -> None:
        self._notifications = cloud.get(Notifications)

    @contextmanager
    def intercept(self, hook: S3EventHook) -> Iterator[None]:
        """Give each event to ``hook``, which delivers it or does not."""
        invoke = self._notifications.invoke
        if invoke is None:
            raise RuntimeError("this cloud has no Lambda")
        self._notifications.invoke = partial(_intercept, invoke, hook)
        try:
            yield
        finally:
            self._notifications.invoke = invoke
