"""The alarms of all Regions: evaluated each minute of AWS time, with actions on changes."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from localcloud.clock import Clock
from localcloud.cloudwatch.alarms.evaluation import EXTRA_PERIODS, Point, evaluate
from localcloud.cloudwatch.alarms.history import History
from localcloud.cloudwatch.alarms.model import ACTIONS_BY_STATE, INSUFFICIENT_DATA, Alarm, State
from localcloud.cloudwatch.alarms.reasons import reason, reason_data
from localcloud.cloudwatch.datapoints import MINUTE, Datapoints
from localcloud.cloudwatch.minutes import Minute
from localcloud.settings import ACCOUNT_ID

# Performs an action, an ARN, for an alarm that left the state; returns an error, or nothing.
Perform = Callable[[Alarm, State, str], str]
Listener = Callable[[Alarm, State], None]


class Alarms:
    """``listeners`` learn of each change of state, with the state before."""

    def __init__(self, clock: Clock, datapoints: Datapoints, perform: Perform):
        self.history = History(clock)
        self.listeners: list[Listener] = []
        self._clock = clock
        self._datapoints = datapoints
        self._perform = perform
        self._lock = threading.RLock()
        self._alarms: defaultdict[str, dict[str, Alarm]] = defaultdict(dict)

    def configure(self, region: str, settings: dict[str, Any]) -> Alarm:
        """Create an alarm, or give one new settings: then it keeps its state."""
        name, now = settings["AlarmName"], self._clock.now()
        with self._lock:
            alarm = self._alarms[region].get(name)
            if alarm is None:
                initial = "Unchecked: Initial alarm creation"
                state = State(INSUFFICIENT_DATA, initial, "", now)
                arn = f"arn:aws:cloudwatch:{region}:{ACCOUNT_ID}:alarm:{name}"
                alarm = Alarm(arn, region, settings, now, state, now)
                self._alarms[region][name] = alarm
                self.history.add_configuration(alarm, "Create")
            else:
                alarm.settings, alarm.configured = settings, now
                self.history.add_configuration(alarm, "Update")
        return alarm

    def find(self, region: str, name: str) -> Alarm | None:
        with self._lock:
            return self._alarms[region].get(name)

    def all(self, region: str) -> list[Alarm]:
        """Return the Region's alarms in the order of their names."""
        with self._lock:
            return sorted(self._alarms[region].values(), key=lambda alarm: alarm.name)

    def delete(self, region: str, name: str) -> Alarm | None:
        with self._lock:
            if alarm := self._alarms[region].pop(name, None):
                self.history.add_configuration(alarm, "Delete")
            return alarm

    def set_state(self, alarm: Alarm, value: str, reason: str, data: str) -> None:
        """Enter a state, and perform its actions if it is another one than before."""
        with self._lock:
            previous = alarm.state
            alarm.state = State(value, reason, data, self._clock.now())
            if value == previous.value:
                return
            alarm.transitioned = alarm.state.since
            self.history.add_state(alarm, previous)
        for listener in self.listeners:
            listener(alarm, previous)
        if alarm.settings["ActionsEnabled"]:
            for action in alarm.settings[ACTIONS_BY_STATE[value]]:
                self.history.add_action(alarm, action, self._perform(alarm, previous, action))

    def evaluate(self, minute: Minute) -> None:
        """Judge every alarm by the periods that ended with the minute or before."""
        with self._lock:
            alarms = [alarm for region in self._alarms.values() for alarm in region.values()]
        for alarm in alarms:
            verdict = evaluate(alarm, self._points(alarm, minute.end))
            if verdict is None or verdict.state == alarm.state.value:
                continue
            data = reason_data(alarm, verdict, self._clock.now())
            self.set_state(alarm, verdict.state, reason(alarm, verdict), data)

    def _points(self, alarm: Alarm, end: float) -> list[Point]:
        """Return the evaluation range, newest first."""
        length = alarm.settings["Period"] / MINUTE * self._datapoints.minute
        numbers = range(1, alarm.evaluation_periods + EXTRA_PERIODS + 1)
        return [self._point(alarm, end - number * length, length) for number in numbers]

    def _point(self, alarm: Alarm, start: float, length: float) -> Point:
        values = self._datapoints.between(alarm.metric, start, start + length)
        if values is None:
            return Point(start, None)
        return Point(start, values.statistic(alarm.statistic), values.count)
