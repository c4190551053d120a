"""Loads the templates, as CloudFormation gets them, and the state machines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tools.templates import ALL, ROOT, Json, read_template, transformed_template, walk

__all__ = ["ALL", "ROOT", "read_template", "transformed_template", "walk"]
APPLICATION = ("templates/batch.yaml", "templates/failover.yaml")
MACHINES = ("main-orchestrator", "chunk-processor")


def resources(name: str, kind: str) -> dict[str, Json]:
    """Return logical id → properties, of all resources of one type."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in transformed_template(name)["Resources"].items()
        if resource["Type"] == kind
    }


def functions() -> dict[str, Json]:
    """Return the name of each function, such as `splitter`, with its properties."""
    properties = application_resources("AWS::Lambda::Function").values()
    return {function["Handler"].split(".")[0]: function for function in properties}


def application_resources(kind: str) -> dict[str, Json]:
    """Return logical id → properties, of all resources of one type in a Region's application."""
    return {
        logical_id: properties
        for template in APPLICATION
        for logical_id, properties in resources(template, kind).items()
    }


@cache
def state_machine(name: str) -> Json:
    """Return a state machine as it stands in its file."""
    loaded: Json = json.loads((ROOT / f"statemachines/{name}.asl.json").read_text())
    return loaded


def states(name: str) -> dict[str, Json]:
    """Return all states of a state machine by name, also those inside its Maps."""
    return dict(_states(state_machine(name)))


def _states(scope: Json) -> Iterator[tuple[str, Json]]:
    for name, state in scope["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from _states(state["ItemProcessor"])


def scopes(name: str) -> list[Json]:
    """Return the state machine and the processors of its Maps: each has States and StartAt."""
    maps = [state for state in states(name).values() if "ItemProcessor" in state]
    return [state_machine(name), *(state["ItemProcessor"] for state in maps)]


def strings(value: Any) -> Iterator[str]:
    """Yield every string within a value, but no keys."""
    return (item for item in walk(value) if isinstance(item, str))


def documented_variables() -> dict[str, set[str]]:
    """Return the environment variables of each function, by docs/architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text()
    table = text[text.index("| function | event |") :].split("\n\n")[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()[2:]]
    return {row[0].strip(): set(re.findall(r"`([A-Z_]+)`", row[-1])) for row in rows}


def dependencies_of(logical_id: str, items: Json) -> set[str]:
    """Return the resources that CloudFormation creates before this one."""
    item = items[logical_id]
    named = item.get("DependsOn", [])
    direct = {named} if isinstance(named, str) else set(named)
    for value in walk(item.get("Properties", {})):
        if isinstance(value, dict) and "Ref" in value:
            direct.add(value["Ref"])
        if isinstance(value, dict) and "Fn::GetAtt" in value:
            direct.add(value["Fn::GetAtt"][0])
    existing = direct & items.keys()
    return existing.union(*(dependencies_of(name, items) for name in existing))
