"""Asynchronous invocation: events wait, are retried, and end at a destination.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import logging
import sched
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from localcloud.clock import Clock
from localcloud.gateway.errors import ApiError
from localcloud.lambda_ import limits
from localcloud.lambda_.arns import FunctionRef
from localcloud.lambda_.executor import Executor, InvokeResult, Throttled
from localcloud.lambda_.idleness import NotReady
from localcloud.lambda_.model import Function, Registry
from localcloud.lambda_.sandbox import Event

log = logging.getLogger(__name__)

_WORKERS = 32


@dataclass
class QueuedEvent:
    """An event on its way. ``age`` counts the AWS seconds that it has waited."""

    ref: FunctionRef
    event: Event
    attempts: int = 0
    throttles: int = 0
    age: float = 0.0


# Takes an event that is finished with its condition: Success, RetriesExhausted, EventAgeExceeded.
Deliver = Callable[[Function, QueuedEvent, InvokeResult | None, str], None]


class AsyncQueue:
    """One thread waits for what is due, a few others run it."""

    def __init__(
        self, clock: Clock, registry: Registry, executor: Executor, deliver: Deliver
    ) -> None:
        self._clock = clock
        self._registry = registry
        self._executor = executor
        self._deliver = deliver
        self._changed = threading.Condition()
        self._delayed = sched.scheduler(time.monotonic)
        self._unfinished = 0
        self._closed = False
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="lambda-async")
        self._thread = threading.Thread(target=self._dispatch, name="lambda-queue", daemon=True)
        self._thread.start()

    def put(self, queued: QueuedEvent, delay: float = 0.0) -> None:
        """Queue an event for ``delay`` AWS seconds."""
        queued.age += delay
        with self._changed:
            if delay == 0.0:
                self._unfinished += 1
            seconds = self._clock.real_seconds(delay)
            self._delayed.enter(seconds, 0, self._workers.submit, (self._handle, queued))
            self._changed.notify_all()

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until every event is finished, retries and destinations included."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unfinished == 0, timeout)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout=5)
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _dispatch(self) -> None:
        with self._changed:
            while not self._closed:
                self._changed.wait(self._delayed.run(blocking=False))

    def _handle(self, queued: QueuedEvent) -> None:
        is_finished = True
        try:
            is_finished = self._run(queued)
        except ApiError as error:  # the function was deleted
            log.warning("asynchronous event dropped: %s", error.message)
        except Exception:
            log.exception("asynchronous invocation failed inside the local cloud")
        if is_finished:
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()

    def _run(self, queued: QueuedEvent) -> bool:
        """Make one attempt; return whether the event is finished."""
        function = self._registry.function(queued.ref)
        config = function.async_config
        result = None
        if queued.age > config.get("MaximumEventAgeInSeconds", limits.EVENT_AGE_SECONDS):
            condition = "EventAgeExceeded"
        elif function.reserved == 0:  # "sends the event to the destination without retries"
            condition = "RetriesExhausted"
        else:
            try:
                result = self._executor.run(function, function.latest, queued.event)
            except (Throttled, NotReady):
                first, longest = limits.THROTTLE_BACKOFF
                self.put(queued, min(first * 2**queued.throttles, longest))
                queued.throttles += 1
                return False
            queued.attempts += 1
            condition = "RetriesExhausted" if result.function_error else "Success"
            retries = config.get("MaximumRetryAttempts", limits.RETRY_ATTEMPTS)
            if result.function_error and queued.attempts <= retries:
                self.put(queued, limits.RETRY_DELAYS[queued.attempts - 1])
                return False
        self._deliver(function, queued, result, condition)
        return True
