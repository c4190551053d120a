"""Delivers events to targets in order in each Region, with retries, at last to a dead-letter queue.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
"""

import logging
import threading

from localcloud.clock import Clock
from localcloud.delay_queue import Channel, DelayQueue
from localcloud.events.target_sender import DeliveryFailed, TargetEvent, TargetSender

log = logging.getLogger(__name__)

# "Exponential back off"; AWS does not say how long that is.
_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 1.0, 600.0


class Delivery(DelayQueue[TargetEvent]):
    """A Region that is paused delivers nothing; its events go out when it resumes."""

    def __init__(self, clock: Clock, sender: TargetSender) -> None:
        self._sender = sender
        self._undelivered = 0
        self._timers: set[threading.Timer] = set()
        super().__init__(clock, 0.0, self._send, "eventbridge")

    def enqueue(self, event: TargetEvent) -> None:
        with self._changed:
            self._undelivered += 1
        self._queue_up(event)

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until every event was delivered or given up; those that are paused count."""
        with self._changed:
            return self._changed.wait_for(lambda: self._undelivered == 0, timeout)

    def close(self) -> None:
        with self._changed:
            timers, self._timers = self._timers, set()
        for timer in timers:
            timer.cancel()
        super().close()

    def _queue_up(self, event: TargetEvent) -> None:
        self.put(Channel("default", source=event.region), event)

    def _send(self, _: Channel, event: TargetEvent) -> None:
        try:
            self._sender.send(event)
        except DeliveryFailed as failure:
            condition = event.exhausted_condition() if failure.is_retriable else None
            if failure.is_retriable and condition is None:
                self._retry(event)
                return
            self._give_up(event, failure, condition)
        except Exception:
            log.exception("delivery failed inside the local cloud", extra=event.log_fields)
        with self._changed:
            self._undelivered -= 1
            self._changed.notify_all()

    def _retry(self, event: TargetEvent) -> None:
        delay = min(_FIRST_DELAY_SECONDS * 2 ** min(event.retries, 30), _LONGEST_DELAY_SECONDS)
        event.retries += 1
        event.age += delay

        def put_again() -> None:
            with self._changed:
                self._timers.discard(timer)
            self._queue_up(event)

        timer = threading.Timer(self._clock.real_seconds(delay), put_again)
        timer.daemon = True
        with self._changed:
            self._timers.add(timer)
        timer.start()

    def _give_up(self, event: TargetEvent, failure: DeliveryFailed, condition: str | None) -> None:
        log.warning("not delivered", extra={**event.log_fields, "error": failure.message})
        if "DeadLetterConfig" not in event.target:
            return
        try:
            self._sender.send_dead_letter(event, failure, condition)
        except DeliveryFailed as error:
            fields = {**event.log_fields, "error": error.message}
            log.warning("dead letter not delivered", extra=fields)
