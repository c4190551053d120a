"""Experiment templates: what makes one valid, and how it is shown.

https://docs.aws.amazon.com/fis/latest/userguide/experiment-templates.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localcloud.clock import utc
from localcloud.durations import parse_duration
from localcloud.fis import targets
from localcloud.fis.catalogue import CATALOGUE
from localcloud.gateway.errors import ApiError, not_emulated

_SHORTEST, _LONGEST = 60, 12 * 3600


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
        kept = ("id", "arn", "description", "creationTime", "lastUpdateTime", "tags")
        view = self.view()
        return {key: view[key] for key in kept}


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """A template's body. Raises ValidationException or LocalCloudNotEmulated."""
    for name in ("logConfiguration", "experimentReportConfiguration"):
        if given.get(name):
            raise not_emulated(f"{name} of FIS experiments")
    options = {
        "accountTargeting": "single-account",
        "emptyTargetResolutionMode": "fail",
        **given.get("experimentOptions", {}),
    }
    if options["accountTargeting"] != "single-account":
        raise not_emulated("FIS experiments in several accounts")
    body = {
        "description": given["description"],
        "targets": given.get("targets", {}),
        "actions": given["actions"],
        "stopConditions": given["stopConditions"],
        "roleArn": given["roleArn"],
        "experimentOptions": options,
    }
    for name, target in body["targets"].items():
        targets.check(name, target)
    if not body["actions"]:
        raise _invalid("The template must have at least one action.")
    for name, action in body["actions"].items():
        _check_action(name, action, body)
    _check_order(body["actions"])
    _check_stop_conditions(body["stopConditions"])
    return body


def seconds(action: dict[str, Any]) -> float:
    """How long an action lasts."""
    return parse_duration(action.get("parameters", {})["duration"]) or 0.0


def _check_action(name: str, action: dict[str, Any], body: dict[str, Any]) -> None:
    kind = CATALOGUE.get(action["actionId"])
    if kind is None:
        raise not_emulated(f"the FIS action {action['actionId']} (action {name})")
    parameters = action.get("parameters", {})
    if unknown := sorted(set(parameters) - kind.parameters.keys()):
        raise _invalid(f"Action {name} has an unknown parameter: {unknown[0]}")
    for parameter, (_, required) in kind.parameters.items():
        if required and parameter not in parameters:
            raise _invalid(f"Action {name} lacks the required parameter {parameter}.")
    duration = parse_duration(parameters["duration"])
    if duration is None or not _SHORTEST <= duration <= _LONGEST:
        raise _invalid(f"The duration of action {name} must be from PT1M to PT12H.")
    kind.check(parameters)
    wanted = {kind.target[0]} if kind.target else set()
    if set(action.get("targets", {})) != wanted:
        raise _invalid(f"Action {name} must have the targets {sorted(wanted)}.")
    for target in action.get("targets", {}).values():
        if target not in body["targets"]:
            raise _invalid(f"Action {name} refers to the target {target}, which does not exist.")
        if kind.target and body["targets"][target]["resourceType"] != kind.target[1]:
            raise _invalid(f"The target {target} of action {name} must be {kind.target[1]}.")


def _check_order(actions: dict[str, Any]) -> None:
    done: set[str] = set()
    left = dict(actions)
    while left:
        ready = [name for name, one in left.items() if set(one.get("startAfter") or ()) <= done]
        if not ready:
            raise _invalid(f"startAfter of {sorted(left)} names no action or goes round in a ring.")
        done.update(ready)
        left = {name: one for name, one in left.items() if name not in done}


def _check_stop_conditions(conditions: list[dict[str, Any]]) -> None:
    if not conditions:
        raise _invalid("The template must have a stop condition; its source may be none.")
    for one in conditions:
        if one["source"] not in ("none", "aws:cloudwatch:alarm"):
            raise _invalid(f"The stop condition source {one['source']} is not valid.")
        if (one["source"] == "none") == bool(one.get("value")):
            raise _invalid("A stop condition of an alarm, and only that, has a value.")


def _invalid(why: str) -> ApiError:
    return ApiError("ValidationException", why, 400)
