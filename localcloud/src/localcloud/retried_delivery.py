"""Delivery of messages in order in each Region, with retries, at last to a dead-letter queue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clock import Clock
from localcloud.delay_queue import Channel, DelayQueue, Pause
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut

log = logging.getLogger(__name__)

_TOO_MANY_REQUESTS = 429
_FIRST_DELAY_SECONDS = 1.0


class DeliveryFailed(Exception):
    """``code`` is one of EventBridge's error codes."""

    def __init__(self, code: str, message: str, *, is_retriable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_retriable = is_retriable


class Deliverable(Protocol):
    """A message for one target. ``age`` counts the AWS seconds between attempts."""

    retries: int
    age: float

    @property
    def region(self) -> str: ...

    @property
    def log_fields(self) -> dict[str, str]: ...

    @property
    def has_dead_letter_queue(self) -> bool: ...

    def exhausted_condition(self) -> str | None:
        """Return the condition of its retry policy that is used up."""


T = TypeVar("T", bound=Deliverable)


_Message = TypeVar("_Message", contravariant=True)


class Sender(Protocol[_Message]):
    """Both methods raise DeliveryFailed."""

    def send(self, message: _Message, /) -> None: ...

    def send_dead_letter(
        self, message: _Message, failure: DeliveryFailed, condition: str | None, /
    ) -> None: ...


class RetriedDelivery(Generic[T]):
    """A Region that is paused delivers nothing; its messages go out when it resumes.

    Retries come after 1 s, then twice as long each, up to ``longest_delay`` (AWS seconds).
    """

    longest_delay = 600.0

    def __init__(self, clock: Clock, sender: Sender[T], name: str) -> None:
        self._clock = clock
        self._sender = sender
        self._changed = threading.Condition()
        self._undelivered = 0
        self._timers: set[threading.Timer] = set()
        self._queue: DelayQueue[T] = DelayQueue(clock, 0.0, self._deliver, name)

    def enqueue(self, message: T) -> None:
        with self._changed:
            self._undelivered += 1
        self._queue_up(message)

    def pause(
        self, name: str | None = None, /, source: str | None = None, target: str | None = None
    ) -> None:
        """Pause the Region ``source``; the parameters are those of all pauses."""
        self._queue.pause(Pause(name, source, target))

    def resume(
        self, name: str | None = None, /, source: str | None = None, target: str | None = None
    ) -> None:
        self._queue.resume(Pause(name, source, target))

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until every message was delivered or given up; those that are paused count."""
        with self._changed:
            return self._changed.wait_for(lambda: self._undelivered == 0, timeout)

    def close(self) -> None:
        with self._changed:
            timers, self._timers = self._timers, set()
        for timer in timers:
            timer.cancel()
        self._queue.close()

    def _queue_up(self, message: T) -> None:
        self._queue.put(Channel("default", source=message.region), message)

    def _deliver(self, _: Channel, message: T) -> None:
        try:
            self._sender.send(message)
        except DeliveryFailed as failure:
            condition = message.exhausted_condition() if failure.is_retriable else None
            if failure.is_retriable and condition is None:
                self._retry(message)
                return
            self._give_up(message, failure, condition)
        except Exception:
            log.exception("delivery failed inside the local cloud", extra=message.log_fields)
        with self._changed:
            self._undelivered -= 1
            self._changed.notify_all()

    def _retry(self, message: T) -> None:
        delay = min(_FIRST_DELAY_SECONDS * 2 ** min(message.retries, 30), self.longest_delay)
        message.retries += 1
        message.age += delay

        def put_again() -> None:
            with self._changed:
                self._timers.discard(timer)
            self._queue_up(message)

        timer = threading.Timer(self._clock.real_seconds(delay), put_again)
        timer.daemon = True
        with self._changed:
            self._timers.add(timer)
        timer.start()

    def _give_up(self, message: T, failure: DeliveryFailed, condition: str | None) -> None:
        log.warning("not delivered", extra={**message.log_fields, "error": failure.message})
        if not message.has_dead_letter_queue:
            return
        try:
            self._sender.send_dead_letter(message, failure, condition)
        except DeliveryFailed as error:
            fields = {**message.log_fields, "error": error.message}
            log.warning("dead letter not delivered", extra=fields)


@contextmanager
def failures_of_delivery() -> Iterator[None]:
    """Raise DeliveryFailed; only 5xx, 429 and a missing answer are retried.

    https://repost.aws/knowledge-center/eventbridge-resolve-failedinvocation-errors
    https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
    """
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise _delivery_failed(error.response["Error"]["Code"], str(error), status) from error
    except ApiError as error:
        raise _delivery_failed(error.code, error.message, error.status or 400) from error
    except (BotoCoreError, ConnectionCut) as error:
        raise DeliveryFailed("CONNECTION_FAILURE", str(error), is_retriable=True) from error


def _delivery_failed(code: str, message: str, status: int) -> DeliveryFailed:
    if "AccessDenied" in code or code in ("AuthorizationError", "KMSAccessDeniedException"):
        return DeliveryFailed("NO_PERMISSIONS", message, is_retriable=False)
    if "NotFound" in code or "NonExistentQueue" in code or "QueueDoesNotExist" in code:
        return DeliveryFailed("NO_RESOURCE", message, is_retriable=False)
    if status == _TOO_MANY_REQUESTS or "Throttl" in code:
        return DeliveryFailed("THROTTLING", message, is_retriable=True)
    if status >= 500:
        return DeliveryFailed("UNKNOWN", message, is_retriable=True)
    return DeliveryFailed("INVALID_PARAMETER", message, is_retriable=False)
