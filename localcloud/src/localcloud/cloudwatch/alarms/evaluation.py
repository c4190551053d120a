"""What an alarm's data points say of its state.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Sequence
from typing import NamedTuple

from localcloud.cloudwatch.alarms.model import ALARM, INSUFFICIENT_DATA, OK, Alarm

# CloudWatch retrieves more data points than EvaluationPeriods, and does not say how many. Its
# examples have a range of five for three.
EXTRA_PERIODS = 2
COMPARISONS = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


class Point(NamedTuple):
    """A period that starts at ``start`` (epoch seconds); ``value`` is None if there is no data."""

    start: float
    value: float | None
    sample_count: float = 0.0


class Verdict(NamedTuple):
    """The state, the points that decided it, newest first, and how many stood in for missing."""

    state: str
    points: tuple[Point, ...]
    filled: int


def evaluate(alarm: Alarm, points: Sequence[Point]) -> Verdict | None:
    """Judge the evaluation range, newest point first; None if the alarm keeps its state."""
    periods = alarm.evaluation_periods
    existing = [point for point in points if point.value is not None]
    if len(existing) >= periods:
        return _verdict(alarm, existing[:periods], 0, 0)
    filled = periods - len(existing)
    match alarm.missing_data:
        case "breaching":
            return _verdict(alarm, existing, filled, filled)
        case "notBreaching":
            return _verdict(alarm, existing, filled, 0)
        case "ignore" if not existing or _is_premature(alarm, points):
            return None
        case "missing" if not existing:
            return Verdict(INSUFFICIENT_DATA, tuple(points[:periods]), 0)
        case "missing" if _is_premature(alarm, points):
            return Verdict(ALARM, tuple(existing), 0)
    return _verdict(alarm, existing, 0, 0)


def is_breaching(alarm: Alarm, point: Point) -> bool:
    compare, _ = COMPARISONS[alarm.settings["ComparisonOperator"]]
    return point.value is not None and bool(compare(point.value, alarm.settings["Threshold"]))


def _verdict(
    alarm: Alarm, existing: Sequence[Point], filled: int, filled_breaching: int
) -> Verdict:
    breaching = sum(is_breaching(alarm, point) for point in existing) + filled_breaching
    state = ALARM if breaching >= alarm.datapoints_to_alarm else OK
    return Verdict(state, tuple(existing), filled)


def _is_premature(alarm: Alarm, points: Sequence[Point]) -> bool:
    """Whether all data breaches, too little of it, the oldest as old as DatapointsToAlarm.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
    (Avoiding premature transitions to alarm state)
    """
    ages = [age for age, point in enumerate(points, 1) if point.value is not None]
    breaching = sum(is_breaching(alarm, point) for point in points)
    needed = alarm.datapoints_to_alarm
    return len(ages) == breaching < needed and bool(ages) and ages[-1] >= needed
