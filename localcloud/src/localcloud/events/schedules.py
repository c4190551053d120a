"""Rules on a schedule: each sends an event of its own to its targets at a fixed rate.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
import threading

from localcloud.clock import Clock
from localcloud.events.bus import EventBus
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call

_RATE = re.compile(r"rate\((1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_SHORTEST_REAL_SECONDS = 0.05  # however much the clock shortens waits


def seconds_of(expression: str) -> float:
    """Return the seconds between two events of a schedule. Refuses cron expressions."""
    if expression.startswith("cron("):
        raise not_emulated(f"the schedule {expression} of an EventBridge rule")
    if (match := _RATE.fullmatch(expression)) is None:
        raise ApiError("ValidationException", "Parameter ScheduleExpression is not valid.")
    value, unit = match[1].split()
    return float(value) * _SECONDS[unit.rstrip("s")]


class Schedules:
    """The timers of all rules that have a schedule; it begins when the rule is put."""

    def __init__(self, bus: EventBus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._lock = threading.Lock()
        self._timers: dict[tuple[str, str], threading.Timer] = {}
        self._is_closed = False

    def watch(self, call: Call, _: Response) -> None:
        """Follow a successful PutRule or DeleteRule."""
        if call.name not in ("PutRule", "DeleteRule"):
            return
        rule = (call.region, call.params["Name"])
        with self._lock:
            if timer := self._timers.pop(rule, None):
                timer.cancel()
        if call.name == "PutRule" and (expression := call.params.get("ScheduleExpression")):
            self._start(rule, seconds_of(expression))

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            timers = list(self._timers.values())
        for timer in timers:
            timer.cancel()

    def _start(self, rule: tuple[str, str], seconds: float) -> None:
        real_seconds = max(self._clock.real_seconds(seconds), _SHORTEST_REAL_SECONDS)
        timer = threading.Timer(real_seconds, lambda: self._fire(timer, rule, seconds))
        timer.daemon = True
        with self._lock:
            if not self._is_closed:
                self._timers[rule] = timer
                timer.start()

    def _fire(self, timer: threading.Timer, rule: tuple[str, str], seconds: float) -> None:
        self._bus.publish_scheduled(*rule)
        with self._lock:
            is_current = self._timers.get(rule) is timer
        if is_current:  # the rule was neither changed nor deleted
            self._start(rule, seconds)
