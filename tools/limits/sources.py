"""What the tables are computed from: settings, templates, state machines, constants of the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from deployment.deployer.admission import admission
from deployment.deployer.capacity import quotas
from deployment.deployer.capacity.model import Account, Width
from deployment.deployer.settings import Settings
from tools.policies import Names, policies
from tools.templates import ALL, ROOT, Json, transformed_template

ORDINARY = Account()
NEW = Account(functions=quotas.FUNCTIONS.new_account or 0)
# The longest that names can be: of ENV, of a Region, and of what AWS makes up.
_LONGEST = Names("ap-southeast-1", "1" * 12, "-" + "e" * 12, "n" * 40)
# What a variable has that only a deployment knows: an ARN, or five endpoints of ARC.
_VALUE, _ENDPOINTS = 128, 600


@cache
def makefile_settings(**changes: str) -> Settings:
    """Return the defaults of deployment/Makefile."""
    text = (ROOT / "deployment/Makefile").read_text()
    defaults = dict(re.findall(r"^([A-Z_]+) +\?= *(.*)$", text, re.MULTILINE))
    values = {field.name: defaults.get(field.name.upper(), "") for field in fields(Settings)}
    return Settings(**values | changes)


def width(account: Account, **changes: str) -> Width:
    """Return what `make deploy` makes of the default settings, but for the changes."""
    return admission(account, makefile_settings(**changes))


@cache
def state_machine(name: str) -> Json:
    loaded: Json = json.loads((ROOT / f"statemachines/{name}.asl.json").read_text())
    return loaded


def definition_bytes() -> int:
    return max(path.stat().st_size for path in (ROOT / "statemachines").glob("*.json"))


def most(section: str) -> int:
    """Return the largest number of Resources, Parameters or Outputs of a template."""
    return max(len(transformed_template(name).get(section, {})) for name in ALL)


def template_bytes() -> int:
    """Return the size of the largest template as JSON; SAM uploads it with references to S3."""
    return max(len(json.dumps(transformed_template(name))) for name in ALL)


def resources(kind: str) -> Iterator[Json]:
    """Yield the properties of every resource of a type, in all templates."""
    for name in ALL:
        for resource in transformed_template(name)["Resources"].values():
            if resource["Type"] == kind:
                yield resource.get("Properties", {})


def variables_bytes() -> int:
    """Return the longest environment of a function, with long values where only AWS knows them."""
    return max(
        sum(len(name) + _value_length(value) for name, value in environment.items())
        for function in resources("AWS::Lambda::Function")
        if (environment := function.get("Environment", {}).get("Variables", {}))
    )


def _value_length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    return _ENDPOINTS if value == {"Ref": "ClusterEndpoints"} else _VALUE


def role_policy_characters() -> int:
    """Return the longest inline policies that a role has together."""
    lengths: dict[tuple[str, str], int] = {}
    for template in ALL:
        roles = {
            name
            for name, resource in transformed_template(template)["Resources"].items()
            if resource["Type"] == "AWS::IAM::Role"
        }
        for policy in policies(template, _LONGEST):
            if policy.logical_id in roles:
                key = (template, policy.logical_id)
                text = json.dumps(policy.document, separators=(",", ":"))
                lengths[key] = lengths.get(key, 0) + len(text)
    return max(lengths.values())


def function_timeout(name: str) -> int:
    """Return the time-out of a function, in seconds."""
    return next(
        int(function["Timeout"])
        for function in resources("AWS::Lambda::Function")
        if function["Handler"].startswith(f"{name}.")
    )


def dashboard_widgets() -> list[int]:
    """Return how many metrics each widget of the dashboard has."""
    (dashboard,) = resources("AWS::CloudWatch::Dashboard")
    body = json.loads(dashboard["DashboardBody"]["Fn::Sub"])
    return [len(widget["properties"].get("metrics", [])) for widget in body["widgets"]]
