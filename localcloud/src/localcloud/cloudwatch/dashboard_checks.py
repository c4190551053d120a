"""What CloudWatch refuses in PutDashboard, in its words.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # ships no types

from localcloud.gateway.errors import ApiError
from localcloud.json_text import json_or

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


def _integer(low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


def _in_widgets_of(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    is_kind = {"required": ["type"], "properties": {"type": {"const": kind}}}
    return {"if": is_kind, "then": {"properties": {"properties": properties}}}


_WIDGET = {
    "type": "object",
    "required": ["type", "properties"],
    "properties": {
        "type": {"enum": ["metric", "text", "log", "alarm", "explorer", "custom"]},
        "x": _integer(0, 23),
        "y": _integer(0, 10_000),
        "width": _integer(1, 24),
        "height": _integer(1, 1000),
        "properties": {"type": "object"},
    },
    "allOf": [
        _in_widgets_of("text", {"required": ["markdown"]}),
        _in_widgets_of(
            "metric",
            {
                "anyOf": [{"required": ["region", name]} for name in ("metrics", "annotations")],
                "properties": {"metrics": {"type": "array", "items": {"type": "array"}}},
            },
        ),
    ],
}
_BODY = Draft7Validator(
    {
        "required": ["widgets"],
        "properties": {"widgets": {"type": "array", "maxItems": 500, "items": _WIDGET}},
    }
)
_WORDS = {
    "anyOf": "The metric widget should have specified a region and a data source or an alarm "
    "annotation",
    "enum": "Should be equal to one of the allowed values",
    "maxItems": "Should NOT have more than {} items",
    "maximum": "Should be <= {}",
    "minimum": "Should be >= {}",
    "type": "Should be {}",
}


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
        # https://github.com/aws-samples/aws-eda-slurm-cluster/issues/116
        message = (
            f"The dashboard body is invalid, there are {len(problems)} validation errors:\n"
            f"{json.dumps(problems, indent=2)}"
        )
        raise ApiError("InvalidParameterInput", message, 400)


def _problems(text: str) -> Iterator[dict[str, str]]:
    body = json_or(None, text)
    if not isinstance(body, dict):
        yield {"message": "The field DashboardBody must be a valid JSON object"}
        return
    errors = list(_BODY.iter_errors(body))
    for error in errors:
        words = _WORDS.get(error.validator, "").format(error.validator_value)
        path = "".join(f"/{part}" for part in error.absolute_path)
        message = words or f"Should have required property {error.message.split(' is ')[0]}"
        yield {"dataPath": path, "message": message} if path else {"message": message}
    if not errors:
        for number, widget in enumerate(body["widgets"]):
            for index, metric in enumerate(widget["properties"].get("metrics") or ()):
                if widget["type"] == "metric" and (wrong := _wrong_names(metric)):
                    path = f"/widgets/{number}/properties/metrics/{index}"
                    yield {"dataPath": path, "message": wrong}


def _wrong_names(metric: list[Any]) -> str | None:
    """Of namespace, name and pairs of dimension and value; options may follow."""
    names = metric[:-1] if metric and isinstance(metric[-1], dict) else metric
    if not all(isinstance(name, str) for name in names):
        return 'Invalid metric field type, only "String" type is allowed'
    return "Should NOT have more than 2 items" if len(names) % 2 and "..." not in names else None
