"""Experiment templates: their validation and their views.

https://docs.aws.amazon.com/fis/latest/userguide/experiment-templates.html
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from localcloud.clock import utc
from localcloud.durations import parse_duration
from localcloud.fis import targets
from localcloud.fis.actions import CATALOGUE
from localcloud.gateway.errors import ApiError, not_emulated

_invalid = partial(ApiError, "ValidationException", status=400)
_SHORTEST, _LONGEST = 60, 12 * 3600
_OPTIONS = {"accountTargeting": "single-account", "emptyTargetResolutionMode": "fail"}


@dataclass
class Template:
    """``body`` holds description, targets, actions, stopConditions, roleArn, experimentOptions."""

    id: str
    arn: str
    body: dict[str, Any]
    created: float
    updated: float
    tags: dict[str, str] = field(default_factory=dict)

    def view(self) -> dict[str, Any]:
        return {
            **self.body,
            "id": self.id,
            "arn": self.arn,
            "creationTime": utc(self.created),
            "lastUpdateTime": utc(self.updated),
            "tags": self.tags,
            "targetAccountConfigurationsCount": 0,
        }

    def summary(self) -> dict[str, Any]:
        view = self.view()
        members = ("id", "arn", "description", "creationTime", "lastUpdateTime", "tags")
        return {member: view[member] for member in members}


def validate(params: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a template. Raises ValidationException or LocalCloudNotEmulated."""
    for name, value in params.get("experimentOptions", {}).items():
        if value != _OPTIONS[name]:
            raise not_emulated(f"FIS experiments with the {name} {value}")
    body = {
        "description": params["description"],
        "targets": params.get("targets", {}),
        "actions": params["actions"],
        "stopConditions": params["stopConditions"],
        "roleArn": params["roleArn"],
        "experimentOptions": dict(_OPTIONS),
    }
    for name, target in body["targets"].items():
        targets.check(name, target)
    if not body["actions"]:
        raise _invalid("The template must have at least one action.")
    for name, action in body["actions"].items():
        _check_action(name, action, body)
    _check_stop_conditions(body["stopConditions"])
    return body


def duration_of(action: dict[str, Any]) -> float:
    """AWS seconds that an action lasts."""
    return parse_duration(action.get("parameters", {})["duration"]) or 0.0


def _check_action(name: str, action: dict[str, Any], body: dict[str, Any]) -> None:
    kind = CATALOGUE.get(action["actionId"])
    if kind is None:
        raise not_emulated(f"the FIS action {action['actionId']} (action {name})")
    if action.get("startAfter"):
        raise not_emulated(f"startAfter of FIS actions (action {name})")
    parameters = action.get("parameters", {})
    if unknown := sorted(set(parameters) - kind.parameters.keys()):
        raise _invalid(f"Action {name} has an unknown parameter: {unknown[0]}")
    for parameter, required in kind.parameters.items():
        if required and parameter not in parameters:
            raise _invalid(f"Action {name} lacks the required parameter {parameter}.")
    duration = parse_duration(parameters["duration"])
    if duration is None or not _SHORTEST <= duration <= _LONGEST:
        raise _invalid(f"The duration of action {name} must be from PT1M to PT12H.")
    kind.check(parameters)
    targets = {kind.target} if kind.target else set()
    if set(action.get("targets", {})) != targets:
        raise _invalid(f"Action {name} must have the targets {sorted(targets)}.")
    for target in action.get("targets", {}).values():
        if target not in body["targets"]:
            raise _invalid(f"Action {name} refers to the target {target}, which does not exist.")


def _check_stop_conditions(conditions: list[dict[str, Any]]) -> None:
    if not conditions:
        raise _invalid("The template must have a stop condition; its source may be none.")
    for condition in conditions:
        source = condition["source"]
        if source not in ("none", "aws:cloudwatch:alarm"):
            raise _invalid(f"The stop condition source {source} is not valid.")
        if (source == "none") == bool(condition.get("value")):
            raise _invalid("A stop condition of an alarm, and only that, has a value.")
