"""A template's text as plain data: short forms become long ones, dates stay strings."""

from __future__ import annotations

import json
from typing import Any

import yaml

from localcloud.cloudformation.errors import template_error, validation_error

Template = dict[str, Any]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html; Globals is
# SAM's.
_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
}
_WITHOUT_PREFIX = {"Ref", "Condition"}


class _Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: ``2012-10-17`` is a string."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 - a node is one of three
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in _WITHOUT_PREFIX else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def load(text: str) -> Template:
    """Parse a template, JSON or YAML. Raises ValidationError in CloudFormation's words."""
    template = parse(text)
    if not isinstance(template, dict):
        raise template_error("unsupported structure.")
    if unknown := sorted(set(template) - _SECTIONS):
        raise validation_error(f"Invalid template property or properties [{', '.join(unknown)}]")
    if not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise template_error("At least one Resources member must be defined.")
    return template


def parse(text: str) -> Any:
    """JSON or YAML as plain data, as CloudFormation reads it."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            pass  # flow-style YAML starts with a brace, too
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise template_error(f"YAML not well-formed.{place}") from error
    except yaml.YAMLError as error:
        raise template_error("YAML not well-formed.") from error


def text_of(value: Any) -> str:
    """A scalar as CloudFormation turns it into a string: ``true``, ``1``, ``0.5``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def transforms_of(template: Template) -> list[str]:
    """Names of the transforms in the template's Transform section."""
    section = template.get("Transform", [])
    listed = section if isinstance(section, list) else [section]
    return [item["Name"] if isinstance(item, dict) else str(item) for item in listed]
