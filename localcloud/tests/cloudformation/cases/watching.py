"""CloudWatch and CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import ACCOUNT, TAGS, Case, names, statement

Client = Callable[[str], Any]
ALARM: dict[str, Any] = {
    "AlarmName": "a",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 2,
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1,
}
DASHBOARD = '{"widgets": []}'
GROUP: dict[str, Any] = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/g"}}
TRANSFORMATION: dict[str, Any] = {"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}


def _alarm(client: Client, name: str) -> Any:
    told = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    tags = client("cloudwatch").list_tags_for_resource(ResourceARN=told["AlarmArn"])["Tags"]
    return [{k: v for k, v in told.items() if "Timestamp" not in k and "State" not in k}, tags]


def _group(client: Client, name: str) -> Any:
    told = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{name}"
    tags = client("logs").list_tags_for_resource(resourceArn=arn)["tags"]
    return [told.get("retentionInDays"), tags]


def _filter(client: Client, name: str) -> Any:
    asked = {"logGroupName": "/g", "filterNamePrefix": name}
    [told] = client("logs").describe_metric_filters(**asked)["metricFilters"]
    return [told["filterPattern"], told["metricTransformations"]]


TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"

CASES = [
    Case(
        "AWS::CloudWatch::Alarm",
        ALARM,
        {
            "ActionsEnabled": False,
            "AlarmActions": [TOPIC_ARN],
            "AlarmDescription": "d",
            "ComparisonOperator": "LessThanThreshold",
            "DatapointsToAlarm": 1,
            "Dimensions": [{"Name": "a", "Value": "b"}],
            "EvaluationPeriods": 3,
            "InsufficientDataActions": [TOPIC_ARN],
            "MetricName": "o",
            "Namespace": "o",
            "OKActions": [TOPIC_ARN],
            "Period": 120,
            "Statistic": "Maximum",
            "Tags": TAGS,
            "Threshold": 2,
            "TreatMissingData": "breaching",
            "Unit": "Count",
        },
        _alarm,
        "a",
        {"Arn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:a"},
        # Alternatives to MetricName, Statistic and Threshold, which the schema lets stand for one.
        passive=names(
            "EvaluateLowSampleCountPercentile ExtendedStatistic Metrics ThresholdMetricId"
        ),
    ),
    Case(
        "AWS::CloudWatch::Dashboard",
        {"DashboardName": "d", "DashboardBody": DASHBOARD},
        {"DashboardBody": DASHBOARD + " "},
        lambda client, name: client("cloudwatch").get_dashboard(DashboardName=name)[
            "DashboardBody"
        ],
        "d",
    ),
    Case(
        "AWS::Logs::LogGroup",
        {"LogGroupName": "/g"},
        {"RetentionInDays": 7, "Tags": TAGS},
        _group,
        "/g",
        {"Arn": rf"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g:\*"},
        refused=names("LogGroupClass"),
        passive=names("KmsKeyId"),  # refused, too, but needs a key's ARN
    ),
    Case(
        "AWS::Logs::MetricFilter",
        {
            "LogGroupName": {"Ref": "Group"},
            "FilterPattern": "a",
            "MetricTransformations": [TRANSFORMATION],
        },
        {
            "FilterPattern": "b",
            "MetricTransformations": [{**TRANSFORMATION, "MetricValue": "2"}],
        },
        _filter,
        "app-It-.+",
        needs={"Group": GROUP},
    ),
    Case(
        "AWS::Logs::ResourcePolicy",
        {"PolicyName": "p", "PolicyDocument": str(statement("logs:PutLogEvents"))},
        {"PolicyDocument": str(statement("logs:*", "Deny"))},
        lambda client, _: client("logs").describe_resource_policies()["resourcePolicies"][0][
            "policyDocument"
        ],
        "p",
    ),
]
