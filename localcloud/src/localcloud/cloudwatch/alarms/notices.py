"""What an alarm sends when its state changes: to SNS topics, to functions, to EventBridge."""

import json
import uuid
from functools import cache
from typing import Any

from localcloud.cloudwatch.alarms.model import Alarm, State, stamp
from localcloud.gateway.models import MODELS
from localcloud.settings import ACCOUNT_ID


def subject(alarm: Alarm) -> str:
    text = f'{alarm.state.value}: "{alarm.name}" in {_region_name(alarm.region)}'
    return text[:100]


def sns_message(alarm: Alarm, previous: State) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
    settings = alarm.settings
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": settings.get("AlarmDescription"),
        "AWSAccountId": ACCOUNT_ID,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured),
        "NewStateValue": alarm.state.value,
        "NewStateReason": alarm.state.reason,
        "StateChangeTime": stamp(alarm.state.since),
        "Region": _region_name(alarm.region),
        "AlarmArn": alarm.arn,
        "OldStateValue": previous.value,
        "OKActions": settings["OKActions"],
        "AlarmActions": settings["AlarmActions"],
        "InsufficientDataActions": settings["InsufficientDataActions"],
        "Trigger": _trigger(settings),
    }
    return json.dumps(message, separators=(",", ":"))


def lambda_event(alarm: Alarm, previous: State) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html"""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm.arn,
        "accountId": ACCOUNT_ID,
        "time": stamp(alarm.state.since),
        "region": alarm.region,
        "alarmData": event_detail(alarm, previous),
    }


def event_detail(alarm: Alarm, previous: State) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html"""
    description = alarm.settings.get("AlarmDescription")
    return {
        "alarmName": alarm.name,
        "state": _state(alarm.state),
        "previousState": _state(previous),
        "configuration": {
            **({"description": description} if description else {}),
            "metrics": [_metric(alarm)],
        },
    }


def _trigger(settings: dict[str, Any]) -> dict[str, Any]:
    trigger = {
        "MetricName": settings["MetricName"],
        "Namespace": settings["Namespace"],
        "StatisticType": "Statistic",
        "Statistic": settings["Statistic"].upper(),
        "Unit": settings.get("Unit"),
        "Dimensions": [
            {"value": item["Value"], "name": item["Name"]} for item in settings["Dimensions"]
        ],
        "Period": settings["Period"],
        "EvaluationPeriods": settings["EvaluationPeriods"],
        "ComparisonOperator": settings["ComparisonOperator"],
        "Threshold": settings["Threshold"],
        "TreatMissingData": settings.get("TreatMissingData", ""),
        "EvaluateLowSampleCountPercentile": "",
    }
    if "DatapointsToAlarm" in settings:
        trigger["DatapointsToAlarm"] = settings["DatapointsToAlarm"]
    return trigger


def _state(state: State) -> dict[str, Any]:
    data = {"reasonData": state.data} if state.data else {}
    reason = {"value": state.value, "reason": state.reason}
    return {**reason, **data, "timestamp": stamp(state.since)}


def _metric(alarm: Alarm) -> dict[str, Any]:
    metric = alarm.metric
    return {
        # AWS's id has no meaning, but stays the same.
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, alarm.arn)),
        "metricStat": {
            "metric": {
                "namespace": metric.namespace,
                "name": metric.name,
                "dimensions": dict(metric.dimensions),
            },
            "period": alarm.settings["Period"],
            "stat": alarm.statistic,
        },
        "returnData": True,
    }


@cache
def _region_name(region: str) -> str:
    """Return a name as in ``US East (N. Virginia)``."""
    endpoints = MODELS.load_data("endpoints")
    regions = endpoints["partitions"][0]["regions"]
    description = regions[region]["description"] if region in regions else region
    return str(description).replace("Europe (", "EU (")
