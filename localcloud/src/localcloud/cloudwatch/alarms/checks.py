"""What CloudWatch refuses in PutMetricAlarm, in its words, and what is not emulated.

The words are those of errors that users reported, for example
https://github.com/hashicorp/terraform/issues/24070.
"""

from __future__ import annotations

import re
from typing import Any

from localcloud.cloudwatch.alarms.evaluation import COMPARISONS
from localcloud.gateway.errors import ApiError, not_emulated

_DAY, _WEEK, _HOUR = 86_400, 604_800, 3600
_NOT_EMULATED = (
    "ActionConfiguration", "EvaluationCriteria", "EvaluationInterval", "EvaluationWindow",
    "Metrics", "ThresholdMetricId", "WarmUpConfiguration",
)  # fmt: skip
_REQUIRED = (
    "MetricName", "Namespace", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator",
)  # fmt: skip
_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
_PERCENTILE = re.compile(r"p(\d{1,2}(\.\d{0,10})?|100)")
_OTHER_STATISTIC = re.compile(r"(tm|wm|tc|ts|TM|WM|TC|TS|PR|IQM|iqm)\S*")
_ACTION = re.compile(r"arn:aws:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):[^:]*:.+")


def settings_of(params: dict[str, Any], region: str) -> dict[str, Any]:
    """Return an alarm's settings, with defaults. Raises ApiError."""
    for member in _NOT_EMULATED:
        if params.get(member):
            raise not_emulated(f"{member} of a CloudWatch alarm")
    for member in _REQUIRED:
        if params.get(member) in (None, ""):
            raise _invalid(f"{member} must not be null")
    _check_name(params["AlarmName"])
    _check_statistic(params)
    _check_periods(params)
    _check_comparison(params)
    settings = {
        name: value for name, value in params.items() if name != "Tags" and value is not None
    }
    settings.setdefault("ActionsEnabled", True)
    settings.setdefault("Dimensions", [])
    _check_dimensions(settings["Dimensions"])
    for member in ("OKActions", "AlarmActions", "InsufficientDataActions"):
        for action in settings.setdefault(member, []):
            _check_action(action, region)
    return settings


def _check_name(name: str) -> None:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise _invalid("AlarmName must not contain ASCII Control characters")


def _check_statistic(params: dict[str, Any]) -> None:
    plain, extended = params.get("Statistic"), params.get("ExtendedStatistic")
    if plain and extended:
        raise _invalid(
            "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic "
            "parameters. Only one of them should be present"
        )
    if not plain and not extended:
        raise _invalid("Statistic or ExtendedStatistic must not be null")
    if extended and _OTHER_STATISTIC.fullmatch(extended):
        raise not_emulated(f"the statistic {extended} of a CloudWatch alarm")
    if extended and not _PERCENTILE.fullmatch(extended):
        message = f"The value {extended} for parameter ExtendedStatistic is not supported."
        raise ApiError("InvalidParameterValue", message, 400)
    low_samples = params.get("EvaluateLowSampleCountPercentile")
    if low_samples not in (None, "evaluate", "ignore"):
        raise _invalid(
            f"Option {low_samples} is not supported. Supported options for parameter "
            "EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    if low_samples and not extended:
        raise _invalid(
            f"Option evaluateLowSampleCountPercentile can not be applied with statistic {plain}. "
            "This option is enabled only for percentile statistics."
        )
    if low_samples == "ignore":
        raise not_emulated("EvaluateLowSampleCountPercentile ignore of a CloudWatch alarm")


def _check_periods(params: dict[str, Any]) -> None:
    period, periods = params["Period"], params["EvaluationPeriods"]
    if period in (10, 20, 30):
        raise not_emulated(f"the Period {period} (high resolution) of a CloudWatch alarm")
    if period <= 0 or period % 60:
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    if periods < 1:
        raise _invalid("EvaluationPeriods must be greater than or equal to 1")
    if period < _HOUR and period * periods > _DAY:
        raise _invalid(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be "
            "<= 86400) for alarms using period < 3600"
        )
    if period * periods > _WEEK:
        raise _invalid(
            "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be "
            "<= 604800) for alarms using period >= 3600"
        )
    if params.get("DatapointsToAlarm", 1) > periods:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")


def _check_comparison(params: dict[str, Any]) -> None:
    comparison = params["ComparisonOperator"]
    if comparison not in COMPARISONS:
        raise not_emulated(f"{comparison} (anomaly detection) of a CloudWatch alarm")
    if not -float("inf") < params["Threshold"] < float("inf"):
        raise _invalid("PutMetricAlarm request should have valid Threshold parameter")
    treatment = params.get("TreatMissingData")
    if treatment is not None and treatment not in _TREATMENTS:
        raise _invalid(
            f"Option {treatment} is not supported. Supported options for parameter "
            f"TreatMissingData are {', '.join(_TREATMENTS[:-1])}, and {_TREATMENTS[-1]}."
        )


def _check_dimensions(dimensions: list[dict[str, str]]) -> None:
    names = [item["Name"] for item in dimensions]
    if len(names) != len(set(names)):
        raise _invalid("The collection Dimensions must not contain the same dimension name twice.")


def _check_action(action: str, region: str) -> None:
    match = _ACTION.fullmatch(action)
    if match is None:
        raise _invalid(f"Invalid arn syntax: {action}")
    if match["service"] not in ("sns", "lambda"):
        raise not_emulated(f"the action {action} of a CloudWatch alarm")
    if match["region"] != region:
        raise _invalid(f"Invalid region {match['region']} specified. Only {region} is supported.")


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationError", message, 400)
