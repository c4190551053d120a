"""Events on their way to targets: in order in each Region, tried again, at last a dead letter.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any, Protocol

from localcloud.clock import Clock
from localcloud.delay_queue import Channel, DelayQueue, Pause

log = logging.getLogger(__name__)

RETRIES, AGE_SECONDS = 185, 86_400.0
# "exponential back off"; AWS does not say how long. 185 of the longest are more than a day.
_FIRST_SECONDS, _MOST_SECONDS = 1.0, 600.0


class DeliveryFailed(Exception):
    """``code`` is one of EventBridge's error codes."""

    def __init__(self, code: str, message: str, *, retriable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retriable = retriable


@dataclass
class QueuedEvent:
    """An event for one target of the rule with this ARN. ``age``: AWS seconds between tries."""

    region: str
    rule: str
    target: dict[str, Any]
    event: dict[str, Any]
    retries: int = 0
    age: float = 0.0

    def exhausted(self) -> str | None:
        """The condition of its retry policy that is used up."""
        policy = self.target.get("RetryPolicy", {})
        if self.retries >= policy.get("MaximumRetryAttempts", RETRIES):
            return "MaximumRetryAttempts"
        if self.age >= policy.get("MaximumEventAgeInSeconds", AGE_SECONDS):
            return "MaximumEventAgeInSeconds"
        return None


class Sender(Protocol):
    """Both raise DeliveryFailed."""

    def send(self, queued: QueuedEvent) -> None: ...

    def send_dead_letter(
        self, queued: QueuedEvent, failure: DeliveryFailed, condition: str | None
    ) -> None: ...


class Delivery:
    """A Region that is paused delivers nothing; what came meanwhile goes out when it resumes."""

    def __init__(self, clock: Clock, sender: Sender) -> None:
        self._clock = clock
        self._sender = sender
        self._changed = threading.Condition()
        self._open = 0
        self._timers: set[threading.Timer] = set()
        self._outgoing = DelayQueue(clock, 0.0, self._deliver, "eventbridge")

    def put(self, queued: QueuedEvent) -> None:
        with self._changed:
            self._open += 1
        self._go(queued)

    def pause(
        self, name: str | None = None, /, source: str | None = None, target: str | None = None
    ) -> None:
        """Of the Region ``source``; signed like the pauses of replication."""
        self._outgoing.pause(Pause(name, source, target))

    def resume(
        self, name: str | None = None, /, source: str | None = None, target: str | None = None
    ) -> None:
        self._outgoing.resume(Pause(name, source, target))

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until every event has been delivered or given up; those that are paused count."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, timeout)

    def close(self) -> None:
        with self._changed:
            timers, self._timers = self._timers, set()
        for timer in timers:
            timer.cancel()
        self._outgoing.close()

    def _go(self, queued: QueuedEvent) -> None:
        self._outgoing.put(Channel("default", source=queued.region), queued)

    def _deliver(self, _: Channel, queued: QueuedEvent) -> None:
        try:
            self._sender.send(queued)
        except DeliveryFailed as failure:
            condition = queued.exhausted()
            if failure.retriable and condition is None:
                self._try_again(queued)
                return
            self._give_up(queued, failure, condition if failure.retriable else None)
        except Exception:
            log.exception("an event failed inside the local cloud", extra={"rule": queued.rule})
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _try_again(self, queued: QueuedEvent) -> None:
        delay = min(_FIRST_SECONDS * 2**queued.retries, _MOST_SECONDS)
        queued.retries += 1
        queued.age += delay

        def go() -> None:
            with self._changed:
                self._timers.discard(timer)
            self._go(queued)

        timer = threading.Timer(self._clock.real_seconds(delay), go)
        timer.daemon = True
        with self._changed:
            self._timers.add(timer)
        timer.start()

    def _give_up(self, queued: QueuedEvent, failure: DeliveryFailed, condition: str | None) -> None:
        told = {"rule": queued.rule, "target": queued.target["Arn"], "error": failure.message}
        log.warning("event not delivered", extra=told)
        if "DeadLetterConfig" not in queued.target:
            return
        try:
            self._sender.send_dead_letter(queued, failure, condition)
        except DeliveryFailed as lost:
            log.warning("dead letter not delivered", extra=told | {"error": lost.message})
