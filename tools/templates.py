"""The templates as they stand in their files, and as CloudFormation gets them."""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")  # the transform needs one, whichever

from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

logging.getLogger("samtranslator").setLevel(logging.ERROR)

ROOT = Path(__file__).parents[1]
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

Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads YAML with CloudFormation's short forms, and leaves dates as text."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> Json:
    if isinstance(node, yaml.SequenceNode):
        value: Any = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = loader.construct_scalar(node)  # type: ignore[arg-type]  # there are three kinds
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


def walk(value: Any) -> Iterator[Any]:
    """Yield a value and every value within it."""
    yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            yield from walk(child)
