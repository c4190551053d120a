"""S3 event notifications: sent after the fact, on a thread of their own, as AWS sends them."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.s3 import notifications as moto_notifications

from localcloud.clock import iso
from localcloud.cloud import Cloud
from localcloud.delay_queue import Channel, DelayQueue
from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import service_principal
from localcloud.gateway.service import Service
from localcloud.s3 import store
from localcloud.s3.changes import Change
from localcloud.s3.event_record import Sequencers, record
from localcloud.s3.notification_rules import Rule, rules_of, with_ids
from localcloud.s3.store import invalid_argument
from localcloud.settings import ACCOUNT_ID

log = logging.getLogger(__name__)
# "After you create or change the bucket notification configuration, it usually takes about five
# minutes for the changes to take effect."
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html
PROPAGATION_SECONDS = 60.0
_NOT_VALID = "Unable to validate the following destination configurations"
_Invoke = Callable[..., object]  # as ``Lambda.invoke``


@dataclass(frozen=True)
class _RulesInForce:
    """Those of the ``latest`` configuration replace those ``before`` at the time ``effective``."""

    before: list[Rule]
    latest: list[Rule]
    effective: float


class Notifications(Service):
    """The notification configurations of all buckets, and the delivery of events.

    ``propagation``: AWS seconds until a new configuration takes effect.
    """

    service = "s3"
    falls_through = True

    def __init__(self, cloud: Cloud, invoke: _Invoke | None) -> None:
        self._cloud = cloud
        self.invoke = invoke  # None in a cloud without Lambda
        self._configurations: dict[str, dict[str, Any]] = {}
        self._rules: dict[str, _RulesInForce] = {}
        self.propagation = PROPAGATION_SECONDS
        self._sequencers = Sequencers()
        self._outgoing: DelayQueue[tuple[Rule, dict[str, Any]]] = DelayQueue(
            cloud.clock, 0.0, self._deliver, "s3-notifications"
        )
        # moto sends while the PUT waits, and without version ids: never again, whatever it stores.
        moto_notifications.send_event = lambda *_, **__: None

    def put_bucket_notification_configuration(
        self, _: Call, **params: Any
    ) -> Response | dict[str, Any]:
        bucket = params["Bucket"]
        region = store.existing_region(bucket)
        configuration = with_ids(params.get("NotificationConfiguration", {}))
        rules = rules_of(configuration, region)
        if not params.get("SkipDestinationValidation"):
            for rule in rules:
                self._validate(rule, bucket)
        self._configurations[bucket] = configuration
        clock = self._cloud.clock
        effective = clock.now() + clock.real_seconds(self.propagation)
        self._rules[bucket] = _RulesInForce(self._rules_now(bucket), rules, effective)
        return {}

    def get_bucket_notification_configuration(self, _: Call, **params: Any) -> dict[str, Any]:
        store.existing_region(params["Bucket"])
        return self._configurations.get(params["Bucket"], {})

    def notify(self, change: Change) -> None:
        """Send the events of a change to the functions that are configured for them."""
        rules = [
            rule
            for rule in self._rules_now(change.bucket)
            if rule.matches(change.event, change.key)
        ]
        if not rules:
            return
        region, time = store.region_of(change.bucket) or "", iso(self._cloud.clock.now())
        owner, sequencer = f"A{ACCOUNT_ID}OWNER", self._sequencers.next()
        for rule in rules:
            item = record(change, region, time, sequencer, rule.id, owner)
            self._outgoing.put(Channel(change.bucket), (rule, item))

    def _rules_now(self, bucket: str) -> list[Rule]:
        """Those of the latest configuration that has taken effect."""
        if (rules := self._rules.get(bucket)) is None:
            return []
        has_effect = self._cloud.clock.now() >= rules.effective
        return rules.latest if has_effect else rules.before

    def forget(self, bucket: str) -> None:
        self._configurations.pop(bucket, None)
        self._rules.pop(bucket, None)

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until every event has been handed over to its function."""
        return self._outgoing.settled(timeout)

    def close(self) -> None:
        self._outgoing.close()

    def _validate(self, rule: Rule, bucket: str) -> None:
        """Try the destination, as AWS does at PUT time: it must exist and allow this bucket."""
        try:
            self._invoke(rule.function, b"{}", bucket, "DryRun")
        except (ClientError, BotoCoreError, ApiError) as error:
            raise invalid_argument(_NOT_VALID) from error

    def _deliver(self, channel: Channel, item: tuple[Rule, dict[str, Any]]) -> None:
        rule, event = item
        body = json.dumps({"Records": [event]}, separators=(",", ":"))
        try:
            self._invoke(rule.function, body.encode(), channel.name, "Event")
        except (ClientError, BotoCoreError, ApiError) as error:
            extra = {"destination": rule.function, "error": str(error)}
            log.warning("s3 event not delivered", extra=extra)

    def _invoke(self, function: str, payload: bytes, bucket: str, invocation_type: str) -> None:
        if self.invoke is None:
            raise RuntimeError("S3 notifications need Lambda, which is not installed in this cloud")
        principal = service_principal("s3.amazonaws.com", f"arn:aws:s3:::{bucket}")
        region = function.split(":")[3]
        self.invoke(function, payload, principal, region=region, invocation_type=invocation_type)
