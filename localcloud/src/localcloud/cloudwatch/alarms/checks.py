"""What CloudWatch refuses in PutMetricAlarm, in its words, and what is not emulated.

The words are those of errors that users reported, for example
https://github.com/hashicorp/terraform/issues/24070.
"""

import re
from functools import partial
from typing import Any

from localcloud.cloudwatch.alarms.evaluation import COMPARISONS
from localcloud.cloudwatch.alarms.model import ACTIONS_BY_STATE
from localcloud.gateway.errors import ApiError, not_emulated

_invalid = partial(ApiError, "ValidationError", status=400)
_DAY, _WEEK, _HOUR = 86_400, 604_800, 3600
_REQUIRED = (
    "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold",
    "ComparisonOperator",
)  # fmt: skip
_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
_ACTION = re.compile(r"arn:aws:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):[^:]*:.+")


def settings_of(params: dict[str, Any], region: str) -> dict[str, Any]:
    """Return an alarm's settings, with defaults. Raises ApiError."""
    for member in _REQUIRED:
        if params.get(member) in (None, ""):
            noun = "Statistic or ExtendedStatistic" if member == "Statistic" else member
            raise _invalid(f"{noun} must not be null")
    if re.search(r"[\x00-\x1f\x7f]", params["AlarmName"]):
        raise _invalid("AlarmName must not contain ASCII Control characters")
    _check_periods(params)
    _check_comparison(params)
    settings = {
        name: value for name, value in params.items() if name != "Tags" and value is not None
    }
    settings.setdefault("ActionsEnabled", True)
    names = [item["Name"] for item in settings.setdefault("Dimensions", [])]
    if len(names) != len(set(names)):
        raise _invalid("The collection Dimensions must not contain the same dimension name twice.")
    for member in ACTIONS_BY_STATE.values():
        for action in settings.setdefault(member, []):
            _check_action(action, region)
    return settings


def _check_periods(params: dict[str, Any]) -> None:
    period, periods = params["Period"], params["EvaluationPeriods"]
    if period in (10, 20, 30):
        raise not_emulated(f"the Period {period} (high resolution) of a CloudWatch alarm")
    if period % 60:
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    limit, noun, sign = (_DAY, "day", "<") if period < _HOUR else (_WEEK, "week", ">=")
    if period * periods > limit:
        raise _invalid(
            f"Metrics cannot be checked across more than a {noun} (EvaluationPeriods * Period must "
            f"be <= {limit}) for alarms using period {sign} {_HOUR}"
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


def _check_action(action: str, region: str) -> None:
    match = _ACTION.fullmatch(action)
    if match is None:
        raise _invalid(f"Invalid arn syntax: {action}")
    if match["service"] not in ("sns", "lambda"):
        raise not_emulated(f"the action {action} of a CloudWatch alarm")
    if match["region"] != region:
        raise _invalid(f"Invalid region {match['region']} specified. Only {region} is supported.")
