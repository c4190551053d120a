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


class Undelivered(Exception):
    """``code`` is one of EventBridge's error codes."""

    def __init__(self, code: str, message: str, *, retriable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retriable = retriable


@dataclass
class Parcel:
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


class Post(Protocol):
    """Both raise Undelivered."""

    def send(self, parcel: Parcel) -> None: ...

    def send_dead_letter(
        self, parcel: Parcel, failure: Undelivered, condition: str | None
    ) -> None: ...


class Delivery:
    """A Region that is paused delivers nothing; what came meanwhile goes out when it resumes."""

    def __init__(self, clock: Clock, post: Post) -> None:
        self._clock = clock
        self._post = post
        self._changed = threading.Condition()
        self._open = 0
        self._timers: set[threading.Timer] = set()
        self._outgoing: DelayQueue[Parcel] = DelayQueue(clock, 0.0, self._deliver, "eventbridge")

    def put(self, parcel: Parcel) -> None:
        with self._changed:
            self._open += 1
        self._go(parcel)

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

    def _go(self, parcel: Parcel) -> None:
        self._outgoing.put(Channel("default", source=parcel.region), parcel)

    def _deliver(self, _: Channel, parcel: Parcel) -> None:
        try:
            self._post.send(parcel)
        except Undelivered as failure:
            condition = parcel.exhausted()
            if failure.retriable and condition is None:
                self._try_again(parcel)
                return
            self._give_up(parcel, failure, condition if failure.retriable else None)
        except Exception:
            log.exception("an event failed inside the local cloud", extra={"rule": parcel.rule})
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _try_again(self, parcel: Parcel) -> None:
        delay = min(_FIRST_SECONDS * 2**parcel.retries, _MOST_SECONDS)
        parcel.retries += 1
        parcel.age += delay

        def go() -> None:
            with self._changed:
                self._timers.discard(timer)
            self._go(parcel)

        timer = threading.Timer(self._clock.real_seconds(delay), go)
        timer.daemon = True
        with self._changed:
            self._timers.add(timer)
        timer.start()

    def _give_up(self, parcel: Parcel, failure: Undelivered, condition: str | None) -> None:
        told = {"rule": parcel.rule, "target": parcel.target["Arn"], "error": failure.message}
        log.warning("event not delivered", extra=told)
        if "DeadLetterConfig" not in parcel.target:
            return
        try:
            self._post.send_dead_letter(parcel, failure, condition)
        except Undelivered as lost:
            log.warning("dead letter not delivered", extra=told | {"error": lost.message})
