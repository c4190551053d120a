"""CloudWatch refuses what AWS refuses, with AWS's names and words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.clock import utc
from localcloud.cloud import new_cloud
from localcloud.cloudwatch import alarms
from localcloud.settings import Settings

REGION = "us-east-1"
ALARM = {
    "AlarmName": "a",
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
INVALID, UNKNOWN = "ValidationError", "LocalCloudNotEmulated"
ABSENT = None  # the member is left out
WRONG_ALARMS: list[tuple[dict[str, Any], str, str]] = [
    ({"MetricName": ABSENT}, INVALID, "MetricName must not be null"),
    ({"Namespace": ABSENT}, INVALID, "Namespace must not be null"),
    ({"Period": ABSENT}, INVALID, "Period must not be null"),
    ({"Threshold": ABSENT}, INVALID, "Threshold must not be null"),
    ({"ComparisonOperator": ABSENT}, INVALID, "ComparisonOperator must not be null"),
    ({"Statistic": ABSENT}, INVALID, "Statistic or ExtendedStatistic must not be null"),
    ({"Period": 45}, INVALID, "Period must be 10, 20, 30 or a multiple of 60"),
    ({"EvaluationPeriods": 1441}, INVALID, "across more than a day"),
    ({"Period": 86_400, "EvaluationPeriods": 8}, INVALID, "across more than a week"),
    ({"DatapointsToAlarm": 2}, INVALID, "must be less than or equal to EvaluationPeriods"),
    ({"TreatMissingData": "zero"}, INVALID, "Option zero is not supported."),
    ({"AlarmActions": ["topic"]}, INVALID, "Invalid arn syntax: topic"),
    (
        {"AlarmActions": ["arn:aws:sns:us-west-2:123456789012:t"]},
        INVALID,
        "Invalid region us-west-2 specified. Only us-east-1 is supported.",
    ),
    ({"AlarmName": "a\n"}, INVALID, "must not contain ASCII Control characters"),
    ({"Period": 10}, UNKNOWN, "Period 10"),
    ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, UNKNOWN, "ec2:stop"),
    ({"ComparisonOperator": "LessThanLowerThreshold"}, UNKNOWN, "anomaly detection"),
    ({"Metrics": [{"Id": "e", "Expression": "m1 / m2"}]}, UNKNOWN, "Metrics"),
    ({"Statistic": ABSENT, "ExtendedStatistic": "p99"}, UNKNOWN, "ExtendedStatistic of c"),
]
VALUE, MISSING = "InvalidParameterValue", "MissingParameter"
SET = {"Sum": 1.0, "Minimum": 1.0, "Maximum": 1.0, "SampleCount": 1.0}
WRONG_DATA: list[tuple[dict[str, Any], str, str]] = [
    ({}, MISSING, "The parameter MetricData.member.1.Value is required."),
    ({"Value": float("nan")}, VALUE, "The value NaN for parameter MetricData.member.1.Value"),
    ({"Value": float("inf")}, VALUE, "The value ∞ for parameter MetricData.member.1.Value"),
    ({"Values": [1.0], "Counts": [1.0]}, UNKNOWN, "Values of PutMetricData"),
    ({"StatisticValues": SET}, UNKNOWN, "StatisticValues of PutMetricData"),
    ({"Value": 1.0, "StorageResolution": 1}, UNKNOWN, "the StorageResolution 1 of a metric"),
    ({"Value": 1.0, "Timestamp": timedelta(days=-15)}, VALUE, "within the past two weeks"),
    ({"Value": 1.0, "Timestamp": timedelta(hours=3)}, VALUE, "two hours in the future"),
    ({"Value": 1.0, "Dimensions": [{"Name": "n", "Value": " "}]}, MISSING, "member.1.Value"),
]
QUERY = {"Metric": {"Namespace": "N", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
WRONG_QUERIES: list[tuple[dict[str, Any], str, str]] = [
    ({"Metric": {}}, MISSING, "member.1.MetricStat.Metric.Namespace is required"),
    ({"Metric": {"Namespace": "N"}}, MISSING, "member.1.MetricStat.Metric.MetricName is required"),
    ({"Period": 45}, VALUE, "The value 45 for parameter MetricDataQueries.member.1.MetricStat.P"),
    ({"Period": 10**10}, VALUE, "The value 10000000000"),
    ({"Period": 1}, UNKNOWN, "GetMetricData of more than 100800 periods"),
]
METRIC = {"region": REGION, "metrics": [["N", "M"]]}
BAD_BODY = "InvalidParameterInput"
WRONG_WIDGETS: list[tuple[Any, str]] = [
    ("text", "Should be object"),
    ({"type": "graph", "properties": {}}, "Should be equal to one of the allowed values"),
    ({"type": "metric"}, "Should have required property 'properties'"),
    ({"type": "metric", "properties": {"region": REGION}}, "a region and a data source"),
    ({"type": "metric", "properties": METRIC | {"metrics": [["N"]]}}, "more than 2 items"),
    ({"type": "metric", "properties": METRIC | {"metrics": [["N", 1]]}}, 'only \\"String\\"'),
    ({"type": "metric", "properties": METRIC | {"metrics": ["N"]}}, "Should be array"),
    ({"type": "metric", "properties": METRIC, "width": 25}, "Should be <= 24"),
    ({"type": "text", "properties": {}}, "Should have required property 'markdown'"),
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    cloud = new_cloud(Settings(tmp_path_factory.mktemp("cloud")))
    alarms.install(cloud)
    yield cloud.clients.client("cloudwatch", REGION)
    cloud.close()


def error_of(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(("change", "code", "words"), WRONG_ALARMS)
def test_an_alarm_that_cannot_be_evaluated_is_refused(
    api: Any, change: dict[str, Any], code: str, words: str
) -> None:
    params = {name: value for name, value in (ALARM | change).items() if value is not ABSENT}
    actual, message = error_of(api.put_metric_alarm, **params)
    assert (actual, words in message) == (code, True), message
    assert api.describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(("datum", "code", "words"), WRONG_DATA)
def test_data_that_no_metric_can_hold_is_refused(
    api: Any, datum: dict[str, Any], code: str, words: str
) -> None:
    if "Timestamp" in datum:
        datum = datum | {"Timestamp": utc(time.time()) + datum["Timestamp"]}
    data = [{"MetricName": "m", **datum}]
    actual, message = error_of(api.put_metric_data, Namespace="N", MetricData=data)
    assert (actual, words in message) == (code, True), message


@pytest.mark.parametrize(("change", "code", "words"), WRONG_QUERIES)
def test_a_query_without_end_is_refused(
    api: Any, change: dict[str, Any], code: str, words: str
) -> None:
    queries = [{"Id": "q", "MetricStat": QUERY | change}]
    actual, message = error_of(
        api.get_metric_data, StartTime=0, EndTime=1_767_225_600, MetricDataQueries=queries
    )
    assert (actual, words in message) == (code, True), message


def test_only_aws_writes_to_the_namespaces_of_aws(api: Any) -> None:
    data = [{"MetricName": "m", "Value": 1.0}]
    code, message = error_of(api.put_metric_data, Namespace="AWS/Lambda", MetricData=data)
    assert (code, message) == (VALUE, "The value AWS/ for parameter Namespace is invalid.")


def test_a_call_holds_a_thousand_data_at_most(api: Any) -> None:
    data = [{"MetricName": "m", "Value": 1.0}] * 1001
    code, message = error_of(api.put_metric_data, Namespace="N", MetricData=data)
    assert (code, "greater than 1000" in message) == (VALUE, True)


@pytest.mark.parametrize(("widget", "words"), WRONG_WIDGETS)
def test_a_dashboard_that_cannot_be_drawn_is_refused(api: Any, widget: Any, words: str) -> None:
    body = json.dumps({"widgets": [widget]})
    code, message = error_of(api.put_dashboard, DashboardName="d", DashboardBody=body)
    assert (code, words in message) == (BAD_BODY, True), message
    assert '"dataPath": "/widgets/0' in message


@pytest.mark.parametrize(
    ("name", "body", "code", "words"),
    [
        ("a b", "{}", VALUE, "It can only contain alphanumerics, dash (-) and underscore (_)."),
        ("d", "{", BAD_BODY, "must be a valid JSON object"),
        ("d", "[]", BAD_BODY, "must be a valid JSON object"),
        ("d", "{}", BAD_BODY, "Should have required property 'widgets'"),
    ],
)
def test_a_dashboard_has_a_plain_name_and_widgets(
    api: Any, name: str, body: str, code: str, words: str
) -> None:
    actual, message = error_of(api.put_dashboard, DashboardName=name, DashboardBody=body)
    assert (actual, words in message) == (code, True), message


def test_what_is_right_is_taken(api: Any) -> None:
    """A datum, a metric widget with dimensions, options and shorthand."""
    api.put_metric_data(Namespace="N", MetricData=[{"MetricName": "m", "Value": 0.0}])
    metrics = [["N", "M", "D", "v", {"stat": "Sum"}], ["...", "w"], [{"expression": "1"}]]
    widgets = [{"type": "metric", "properties": {"region": REGION, "metrics": metrics}}]
    body = json.dumps({"widgets": widgets})
    api.put_dashboard(DashboardName="d", DashboardBody=body)
    assert api.get_dashboard(DashboardName="d")["DashboardBody"] == body


def test_a_state_is_set_of_an_alarm_that_exists_and_with_json(api: Any) -> None:
    state = {"AlarmName": "none", "StateValue": "OK", "StateReason": "r"}
    assert error_of(api.set_alarm_state, **state)[0] == "ResourceNotFound"
    assert error_of(api.set_alarm_state, **state, StateReasonData="{")[0] == "InvalidFormat"


def test_composite_alarms_are_refused_by_name(api: Any) -> None:
    code, message = error_of(api.put_composite_alarm, AlarmName="c", AlarmRule="ALARM(a)")
    assert (code, "PutCompositeAlarm" in message) == (UNKNOWN, True)
