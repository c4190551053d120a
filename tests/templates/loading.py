"""Loads the templates, as CloudFormation gets them, and the state machines."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")  # the transform needs one, whichever

from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
ALL = (
    "template-primary.yaml",
    "template-standby.yaml",
    "global-resources.yaml",
    "templates/foundation.yaml",
    "templates/tables.yaml",
    "templates/batch.yaml",
    "templates/failover.yaml",
    "templates/dashboard.yaml",
    "templates/chaos.yaml",
)
APPLICATION = ("templates/batch.yaml", "templates/failover.yaml")
MACHINES = ("main-orchestrator", "chunk-processor")

Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads YAML with CloudFormation's short forms, and leaves dates as text."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> Json:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if tag in ("Ref", "Condition"):
        return {tag: value}
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


@cache
def read_template(name: str) -> Json:
    """Return a template as it stands in its file."""
    loaded: Json = yaml.load((ROOT / name).read_text(), _Loader)  # noqa: S506 - a SafeLoader
    return loaded


@cache
def transformed_template(name: str) -> Json:
    """Return a template as CloudFormation gets it, after the transform."""
    template = copy.deepcopy(read_template(name))
    if "Transform" not in template:
        return template
    for parameter in template["Parameters"].values():
        if "Default" in parameter:
            parameter["Default"] = str(parameter["Default"])
    for resource in template["Resources"].values():
        _replace_local_paths(resource.get("Properties", {}))
    _replace_local_paths(template.get("Globals", {}).get("Function", {}))
    translator = Translator({}, Parser())
    # SAM resolves the layer's name itself
    translated: Json = translator.translate(template, parameter_values={"Env": "${Env}"})
    return translated


def _replace_local_paths(properties: Json) -> None:
    """Do what `sam deploy` does when it uploads files."""
    for name in ("CodeUri", "ContentUri", "DefinitionUri"):
        if isinstance(properties.get(name), str):
            properties[name] = "s3://bucket/key"


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


def walk(value: Any) -> Iterator[Any]:
    """Yield a value and every value within it."""
    yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            yield from walk(child)


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
