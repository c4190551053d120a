"""Alarms judge missing data as CloudWatch's documentation shows in its tables.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.cloudwatch.alarms.evaluation import Point, evaluate
from localcloud.cloudwatch.alarms.model import Alarm, State
from localcloud.cloudwatch.alarms.reasons import reason
from localcloud.cloudwatch.datapoints import Summary

MISSING, IGNORE, BREACHING, NOT_BREACHING = "missing", "ignore", "breaching", "notBreaching"
TREATMENTS = (MISSING, IGNORE, BREACHING, NOT_BREACHING)
RETAIN = None
# DatapointsToAlarm, data points (oldest first: 0 is within the threshold, X breaches it, - is
# missing), and the states by TREATMENTS, all of three evaluation periods.
TABLES: list[tuple[int, str, tuple[str | None, ...]]] = [
    (3, "0-X-X", ("OK", "OK", "OK", "OK")),
    (3, "0----", ("OK", "OK", "OK", "OK")),
    (3, "-----", ("INSUFFICIENT_DATA", RETAIN, "ALARM", "OK")),
    (3, "0XX-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (3, "--X--", ("ALARM", RETAIN, "ALARM", "OK")),
    (2, "0-X-X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "00X0X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    (2, "0-X--", ("OK", "OK", "ALARM", "OK")),
    (2, "----0", ("OK", "OK", "ALARM", "OK")),
    (2, "---X-", ("ALARM", RETAIN, "ALARM", "OK")),
]
VALUES = {"0": 0.0, "X": 9.0, "-": None}


def alarm(**settings: Any) -> Alarm:
    defaults = {
        "AlarmName": "a",
        "Namespace": "N",
        "MetricName": "M",
        "Dimensions": [],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 5,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    return Alarm("arn", "us-east-1", defaults | settings, 0, State("OK", "", "", 0), 0)


def points(text: str) -> list[Point]:
    return [Point(60.0 * age, VALUES[letter], 1.0) for age, letter in enumerate(text)][::-1]


@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.parametrize(("needed", "data", "states"), TABLES)
def test_the_documented_tables_hold(
    needed: int, data: str, states: tuple[str | None, ...], treatment: str
) -> None:
    subject = alarm(DatapointsToAlarm=needed, TreatMissingData=treatment)
    verdict = evaluate(subject, points(data))
    assert (verdict and verdict.state) == states[TREATMENTS.index(treatment)]


def test_alarms_on_dynamodb_ignore_missing_data_whatever_they_say() -> None:
    subject = alarm(Namespace="AWS/DynamoDB", TreatMissingData=BREACHING)
    assert evaluate(subject, points("-----")) is None


# Sentences that CloudWatch sent to its users, with other numbers.
SENTENCES = [
    (
        {"EvaluationPeriods": 1},
        "X",
        "Threshold Crossed: 1 datapoint [9.0 (01/01/70 00:00:00)] was greater than the threshold "
        "(5.0).",
    ),
    (
        {"EvaluationPeriods": 1, "DatapointsToAlarm": 1},
        "0",
        "Threshold Crossed: 1 out of the last 1 datapoints [0.0 (01/01/70 00:00:00)] was not "
        "greater than the threshold (5.0) (minimum 1 datapoint for ALARM -> OK transition).",
    ),
    (
        {"EvaluationPeriods": 2, "DatapointsToAlarm": 2},
        "XX",
        "Threshold Crossed: 2 out of the last 2 datapoints [9.0 (01/01/70 00:01:00), 9.0 (01/01/70 "
        "00:00:00)] were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM "
        "transition).",
    ),
    (
        {"EvaluationPeriods": 1, "TreatMissingData": NOT_BREACHING},
        "-",
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was "
        "treated as [NonBreaching].",
    ),
    (
        {"EvaluationPeriods": 5, "TreatMissingData": BREACHING},
        "-----",
        "Threshold Crossed: no datapoints were received for 5 periods and 5 missing datapoints "
        "were treated as [Breaching].",
    ),
    ({"EvaluationPeriods": 5}, "-----", "Insufficient Data: 5 datapoints were unknown."),
]


@pytest.mark.parametrize(("settings", "data", "sentence"), SENTENCES)
def test_a_state_has_its_reason_in_cloudwatch_s_words(
    settings: dict[str, Any], data: str, sentence: str
) -> None:
    subject = alarm(**settings)
    verdict = evaluate(subject, points(data))
    assert verdict is not None
    assert reason(subject, verdict) == sentence


def test_statistics_are_those_of_all_values() -> None:
    values = Summary()
    for value in (4.0, 1.0, 2.0, 3.0):
        values.add(Summary(value, value, value, 1.0))
    names = ("Sum", "Average", "Minimum", "Maximum", "SampleCount")
    assert [values.statistic(name) for name in names] == [10, 2.5, 1, 4, 4]
