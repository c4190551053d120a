"""What CloudWatch refuses of metrics' data, in its words, and what is not emulated.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
"""

import math
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated

_missing = partial(ApiError, "MissingParameter", status=400)
_invalid = partial(ApiError, "InvalidParameterValue", status=400)
_MOST_DATA = 1000
_LARGEST_VALUE = 2.0**360
_MOST_PERIODS = 100_800  # in a page of GetMetricData
_LONGEST_PERIOD = 30 * 86_400  # the longest that the console offers
_PAST, _FUTURE = timedelta(days=14), timedelta(hours=2)
_NOT_EMULATED = ("Values", "Counts", "StatisticValues")


def check_metric_data(params: dict[str, Any], now: float) -> None:
    """Raise ApiError for the first datum that CloudWatch would not take."""
    if params["Namespace"].startswith("AWS/"):
        raise _invalid("The value AWS/ for parameter Namespace is invalid.")
    data = params.get("MetricData") or []
    if not data:
        raise _missing("The parameter MetricData is required.")
    if len(data) > _MOST_DATA:
        raise _invalid(f"The collection MetricData must not have a size greater than {_MOST_DATA}.")
    for number, datum in enumerate(data, 1):
        _check_datum(datum, f"MetricData.member.{number}", now)


def _check_datum(datum: dict[str, Any], path: str, now: float) -> None:
    for member in _NOT_EMULATED:
        if datum.get(member) is not None:
            raise not_emulated(f"{member} of PutMetricData")
    if datum.get("StorageResolution") not in (None, 60):
        raise not_emulated(f"the StorageResolution {datum['StorageResolution']} of a metric")
    if (value := datum.get("Value")) is None:
        raise _missing(f"The parameter {path}.Value is required.")
    if math.isnan(value) or abs(value) > _LARGEST_VALUE:
        text = {math.inf: "∞", -math.inf: "-∞"}.get(value, "NaN" if math.isnan(value) else value)
        raise _invalid(f"The value {text} for parameter {path}.Value is invalid.")
    for number, dimension in enumerate(datum.get("Dimensions") or [], 1):
        for member in ("Name", "Value"):
            if not dimension[member].strip():
                raise _missing(
                    f"The parameter {path}.Dimensions.member.{number}.{member} is required."
                )
    if time := datum.get("Timestamp"):
        _check_time(time, f"{path}.Timestamp", now)


def check_metric_queries(params: dict[str, Any]) -> None:
    """Raise ApiError for the first metric that CloudWatch would not look up."""
    seconds = (params["EndTime"] - params["StartTime"]).total_seconds()
    for number, query in enumerate(params["MetricDataQueries"], 1):
        if not (stat := query.get("MetricStat")):
            continue
        path = f"MetricDataQueries.member.{number}.MetricStat"
        for member in ("Namespace", "MetricName"):
            if not stat["Metric"].get(member):
                raise _missing(f"The parameter {path}.Metric.{member} is required.")
        period = stat["Period"]
        if period not in (1, 5, 10, 20, 30) and (period % 60 or not 0 < period <= _LONGEST_PERIOD):
            raise _invalid(f"The value {period} for parameter {path}.Period is invalid.")
        if seconds / period > _MOST_PERIODS:
            raise not_emulated(f"GetMetricData of more than {_MOST_PERIODS} periods")


def _check_time(time: datetime, path: str, now: float) -> None:
    age = datetime.fromtimestamp(now, UTC) - time.replace(tzinfo=time.tzinfo or UTC)
    if age > _PAST:
        raise _invalid(f"The parameter {path} must specify a time within the past two weeks.")
    if age < -_FUTURE:
        raise _invalid(
            f"The parameter {path} must specify a time no more than two hours in the future."
        )
