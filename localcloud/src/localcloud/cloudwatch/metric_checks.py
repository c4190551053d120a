"""What CloudWatch refuses in PutMetricData, in its words.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from localcloud.gateway.errors import ApiError

_MOST_DATA, _MOST_VALUES = 1000, 150
_LARGEST_VALUE = 2.0**360
_PAST, _FUTURE = timedelta(days=14), timedelta(hours=2)


def check_metric_data(params: dict[str, Any], now: float) -> None:
    """Raise ApiError for the first datum that CloudWatch would not take."""
    namespace, data = params["Namespace"], params.get("MetricData") or []
    if namespace.startswith("AWS/"):
        raise _invalid("The value AWS/ for parameter Namespace is invalid.")
    if namespace.startswith(":"):
        raise _invalid(f"The value {namespace} for parameter Namespace is invalid.")
    if not data:
        raise ApiError("MissingParameter", "The parameter MetricData is required.", 400)
    if len(data) > _MOST_DATA:
        raise _invalid(f"The collection MetricData must not have a size greater than {_MOST_DATA}.")
    for number, datum in enumerate(data, 1):
        _check_datum(datum, f"MetricData.member.{number}", now)


def _check_datum(datum: dict[str, Any], path: str, now: float) -> None:
    kinds = [kind for kind in ("Value", "Values", "StatisticValues") if datum.get(kind) is not None]
    if not kinds:
        raise ApiError(
            "MissingParameter",
            f"At least one of the parameters {path}.Value, {path}.Values or "
            f"{path}.StatisticValues must be specified.",
            400,
        )
    if len(kinds) > 1:
        raise ApiError(
            "InvalidParameterCombination",
            f"The parameters {path}.{kinds[0]} and {path}.{kinds[1]} are mutually exclusive and "
            "you have specified both.",
            400,
        )
    for value in [datum["Value"]] if "Value" in kinds else []:
        _check_number(value, f"{path}.Value")
    if "Values" in kinds:
        _check_values(datum["Values"], datum.get("Counts"), path)
    if "StatisticValues" in kinds:
        _check_set(datum["StatisticValues"], f"{path}.StatisticValues")
    _check_dimensions(datum.get("Dimensions") or [], f"{path}.Dimensions")
    _check_time(datum.get("Timestamp"), f"{path}.Timestamp", now)
    if datum.get("StorageResolution") not in (None, 1, 60):
        raise _invalid(
            f"The parameter {path}.StorageResolution must be a value in the set [ 1, 60 ]."
        )


def _check_values(values: list[float], counts: list[float] | None, path: str) -> None:
    if len(values) > _MOST_VALUES:
        raise _invalid(
            f"The collection {path}.Values must not have a size greater than {_MOST_VALUES}."
        )
    for value in values:
        _check_number(value, f"{path}.Values")
    if counts is not None and len(counts) != len(values):
        raise _invalid(f"The parameters {path}.Values and {path}.Counts must be of the same size.")
    for count in counts or []:
        if not count > 0:
            raise _invalid(f"The parameter {path}.Counts must be greater than 0.")


def _check_set(values: dict[str, float], path: str) -> None:
    for name in ("Sum", "Minimum", "Maximum", "SampleCount"):
        if values.get(name) is None:
            raise ApiError("MissingParameter", f"The parameter {path}.{name} is required.", 400)
        _check_number(values[name], f"{path}.{name}")
    if values["Maximum"] < values["Minimum"]:
        raise _invalid(f"The parameter {path}.Maximum must be greater than {path}.Minimum.")
    if values["SampleCount"] <= 0:
        raise _invalid(f"The parameter {path}.SampleCount must be greater than 0.")


def _check_number(value: float, path: str) -> None:
    if math.isnan(value) or abs(value) > _LARGEST_VALUE:
        text = {math.inf: "∞", -math.inf: "-∞"}.get(value, "NaN" if math.isnan(value) else value)
        raise _invalid(f"The value {text} for parameter {path} is invalid.")


def _check_dimensions(dimensions: list[dict[str, str]], path: str) -> None:
    for number, dimension in enumerate(dimensions, 1):
        for member in ("Name", "Value"):
            if not (dimension.get(member) or "").strip():
                message = f"The parameter {path}.member.{number}.{member} is required."
                raise ApiError("MissingParameter", message, 400)


def _check_time(time: datetime | None, path: str, now: float) -> None:
    if time is None:
        return
    age = datetime.fromtimestamp(now, UTC) - time.replace(tzinfo=time.tzinfo or UTC)
    if age > _PAST:
        raise _invalid(f"The parameter {path} must specify a time within the past two weeks.")
    if age < -_FUTURE:
        raise _invalid(
            f"The parameter {path} must specify a time no more than two hours in the future."
        )


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterValue", message, 400)
