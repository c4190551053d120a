"""What CloudWatch refuses in PutDashboard, in its words.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from localcloud.gateway.errors import ApiError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_TYPES = ("metric", "text", "log", "alarm", "explorer", "custom")
_MOST_WIDGETS = 500
# The largest position or size, by member; the smallest is 0 or 1.
_GRID = {"x": (0, 23), "y": (0, 10_000), "width": (1, 24), "height": (1, 1000)}
Problem = tuple[str, str]  # dataPath and message


def check_dashboard(params: dict[str, Any]) -> None:
    name = params["DashboardName"]
    if not _NAME.fullmatch(name):
        raise ApiError(
            "InvalidParameterValue",
            f"The value {name} for field DashboardName contains invalid characters. "
            "It can only contain alphanumerics, dash (-) and underscore (_).",
            400,
        )
    if problems := list(_problems(params["DashboardBody"])):
        listed = [
            {"dataPath": path, "message": message} if path else {"message": message}
            for path, message in problems
        ]
        # https://github.com/aws-samples/aws-eda-slurm-cluster/issues/116
        message = (
            f"The dashboard body is invalid, there are {len(problems)} validation errors:\n"
            f"{json.dumps(listed, indent=2)}"
        )
        raise ApiError("InvalidParameterInput", message, 400)


def _problems(text: str) -> Iterator[Problem]:
    try:
        body = json.loads(text)
    except ValueError:
        yield "", "The field DashboardBody must be a valid JSON object"
        return
    if not isinstance(body, dict):
        yield "", "The field DashboardBody must be a valid JSON object"
    elif "widgets" not in body:
        yield "", "Should have required property 'widgets'"
    elif not isinstance(body["widgets"], list):
        yield "/widgets", "Should be array"
    else:
        if len(body["widgets"]) > _MOST_WIDGETS:
            yield "/widgets", f"Should NOT have more than {_MOST_WIDGETS} items"
        for number, widget in enumerate(body["widgets"]):
            yield from _of_widget(widget, f"/widgets/{number}")


def _of_widget(widget: Any, path: str) -> Iterator[Problem]:
    if not isinstance(widget, dict):
        yield path, "Should be object"
        return
    for member in ("type", "properties"):
        if member not in widget:
            yield path, f"Should have required property '{member}'"
    if "type" in widget and widget["type"] not in _TYPES:
        yield f"{path}/type", "Should be equal to one of the allowed values"
    for member, (low, high) in _GRID.items():
        value = widget.get(member, low)
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{path}/{member}", "Should be integer"
        elif value < low:
            yield f"{path}/{member}", f"Should be >= {low}"
        elif value > high:
            yield f"{path}/{member}", f"Should be <= {high}"
    properties = widget.get("properties", {})
    if not isinstance(properties, dict):
        yield f"{path}/properties", "Should be object"
    elif widget.get("type") == "metric":
        yield from _of_metric_widget(properties, f"{path}/properties")
    elif widget.get("type") == "text" and "markdown" not in properties:
        yield f"{path}/properties", "Should have required property 'markdown'"


def _of_metric_widget(properties: dict[str, Any], path: str) -> Iterator[Problem]:
    has_source = "metrics" in properties or "annotations" in properties
    if "region" not in properties or not has_source:
        yield (
            path,
            (
                "The metric widget should have specified a region and a data source or an alarm "
                "annotation"
            ),
        )
    metrics = properties.get("metrics", [])
    if not isinstance(metrics, list):
        yield f"{path}/metrics", "Should be array"
        return
    for number, metric in enumerate(metrics):
        yield from _of_metric(metric, f"{path}/metrics/{number}")


def _of_metric(metric: Any, path: str) -> Iterator[Problem]:
    if not isinstance(metric, list):
        yield path, "Should be array"
        return
    names = metric[:-1] if metric and isinstance(metric[-1], dict) else metric
    if not all(isinstance(name, str) for name in names):
        yield path, 'Invalid metric field type, only "String" type is allowed'
    elif len(names) % 2 and "..." not in names:
        yield path, "Should NOT have more than 2 items"
