"""The reason of an alarm's state in CloudWatch's words, and its data.

The words are those of messages that CloudWatch sent, for example
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import json
from collections.abc import Sequence

from localcloud.clock import utc
from localcloud.cloudwatch.alarms.evaluation import COMPARISONS, Point, Verdict, is_breaching
from localcloud.cloudwatch.alarms.model import ALARM, INSUFFICIENT_DATA, Alarm, stamp

_TREATMENTS = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def reason(alarm: Alarm, verdict: Verdict) -> str:
    if verdict.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_unknown(len(verdict.points))}."
    if not verdict.points:
        periods = _plural(verdict.filled, "period")
        return (
            f"Threshold Crossed: no datapoints were received for {periods} and "
            f"{_treated(alarm, verdict.filled)}."
        )
    is_alarm = verdict.state == ALARM
    decisive = [point for point in verdict.points if is_breaching(alarm, point) == is_alarm]
    filled = f" and {_treated(alarm, verdict.filled)}" if verdict.filled else ""
    comparison, minimum = _comparison(alarm, is_alarm, decisive), _minimum(alarm, is_alarm)
    return f"Threshold Crossed: {comparison}{filled}{minimum}."


def reason_data(alarm: Alarm, verdict: Verdict, now: float) -> str:
    data = {
        "version": "1.0",
        "queryDate": stamp(now),
        "startDate": stamp(verdict.points[-1].start) if verdict.points else None,
        "unit": alarm.settings.get("Unit"),
        "statistic": alarm.statistic,
        "period": alarm.settings["Period"],
        "recentDatapoints": [p.value for p in reversed(verdict.points) if p.value is not None],
        "threshold": alarm.settings["Threshold"],
        "evaluatedDatapoints": [_evaluated(point) for point in verdict.points],
    }
    present = {key: value for key, value in data.items() if value is not None}
    return json.dumps(present, separators=(",", ":"))


def _comparison(alarm: Alarm, is_alarm: bool, points: Sequence[Point]) -> str:
    number, listed = len(points), ", ".join(_listed(point) for point in points)
    count = _plural(number, "datapoint")
    if "DatapointsToAlarm" in alarm.settings:
        count = f"{number} out of the last {alarm.evaluation_periods} datapoints"
    verb = ("was" if number == 1 else "were") + ("" if is_alarm else " not")
    _, words = COMPARISONS[alarm.settings["ComparisonOperator"]]
    values = f" [{listed}]" if listed else ""
    return f"{count}{values} {verb} {words} the threshold ({float(alarm.settings['Threshold'])})"


def _minimum(alarm: Alarm, is_alarm: bool) -> str:
    if "DatapointsToAlarm" not in alarm.settings:
        return ""
    needed = alarm.datapoints_to_alarm
    if not is_alarm:
        needed = alarm.evaluation_periods - needed + 1
    transition = "OK -> ALARM" if is_alarm else "ALARM -> OK"
    return f" (minimum {_plural(needed, 'datapoint')} for {transition} transition)"


def _treated(alarm: Alarm, number: int) -> str:
    verb = "was" if number == 1 else "were"
    treatment = _TREATMENTS[alarm.missing_data]
    return f"{_plural(number, 'missing datapoint')} {verb} treated as [{treatment}]"


def _unknown(number: int) -> str:
    return f"{_plural(number, 'datapoint')} {'was' if number == 1 else 'were'} unknown"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(point: Point) -> str:
    return f"{point.value} ({utc(point.start):%d/%m/%y %H:%M:%S})"


def _evaluated(point: Point) -> dict[str, object]:
    if point.value is None:
        return {"timestamp": stamp(point.start)}
    return {
        "timestamp": stamp(point.start),
        "sampleCount": point.sample_count,
        "value": point.value,
    }
