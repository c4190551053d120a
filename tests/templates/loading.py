"""The templates and state machines as plain Python data, `batch.yaml` as SAM transforms it."""

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

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")  # the transform wants one, whichever

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
    """YAML with CloudFormation's short forms, and dates left as they are written."""


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
def written(name: str) -> Json:
    """A template as it stands."""
    loaded: Json = yaml.load((ROOT / name).read_text(), _Loader)  # noqa: S506 - a SafeLoader
    return loaded


@cache
def deployed(name: str) -> Json:
    """A template as CloudFormation gets it after the transform."""
    template = copy.deepcopy(written(name))
    if "Transform" not in template:
        return template
    for parameter in template["Parameters"].values():
        if "Default" in parameter:
            parameter["Default"] = str(parameter["Default"])
    for resource in template["Resources"].values():
        _uploaded(resource.get("Properties", {}))
    _uploaded(template.get("Globals", {}).get("Function", {}))
    translator = Translator({}, Parser())
    # SAM resolves the layer's name itself
    translated: Json = translator.translate(template, parameter_values={"Env": "${Env}"})
    return translated


def _uploaded(properties: Json) -> None:
    """What `sam deploy` does to local paths."""
    for name in ("CodeUri", "ContentUri", "DefinitionUri"):
        if isinstance(properties.get(name), str):
            properties[name] = "s3://bucket/key"


def resources(name: str, kind: str) -> dict[str, Json]:
    """Logical id → properties, of all resources of one type that are deployed."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in deployed(name)["Resources"].items()
        if resource["Type"] == kind
    }


def functions() -> dict[str, Json]:
    """Short name (`splitter`) → properties of a function."""
    found = application("AWS::Lambda::Function")
    return {one["Handler"].split(".")[0]: one for one in found.values()}


def application(kind: str) -> dict[str, Json]:
    """Logical id → properties, of all resources of one type of a Region's application."""
    return {
        logical_id: one
        for template in APPLICATION
        for logical_id, one in resources(template, kind).items()
    }


@cache
def machine(name: str) -> Json:
    """A state machine as it stands."""
    loaded: Json = json.loads((ROOT / f"statemachines/{name}.asl.json").read_text())
    return loaded


def states(name: str) -> dict[str, Json]:
    """All states of a machine by name, those inside its Maps too."""
    return dict(_states(machine(name)))


def _states(scope: Json) -> Iterator[tuple[str, Json]]:
    for name, state in scope["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from _states(state["ItemProcessor"])


def scopes(name: str) -> list[Json]:
    """The machine itself and the processor of each of its Maps: what has States and StartAt."""
    inner = [one["ItemProcessor"] for one in states(name).values() if "ItemProcessor" in one]
    return [machine(name), *inner]


def walk(value: Any) -> Iterator[Any]:
    """Every value within a value, itself first."""
    yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            yield from walk(child)


def strings(value: Any) -> Iterator[str]:
    """Every string within a value, keys not included."""
    return (one for one in walk(value) if isinstance(one, str))


def contract() -> dict[str, set[str]]:
    """Function → its environment, from the table in docs/architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text()
    table = text[text.index("| function | event |") :].split("\n\n")[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()[2:]]
    return {row[0].strip(): set(re.findall(r"`([A-Z_]+)`", row[-1])) for row in rows}
