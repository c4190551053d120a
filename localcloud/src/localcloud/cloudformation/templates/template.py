"""A template's text as plain data: short forms become long ones, dates stay strings."""

import json
from typing import Any

import yaml

from localcloud.cloudformation.errors import template_error, validation_error
from localcloud.cloudformation.templates.form import check_sections
from localcloud.gateway.errors import ApiError

Template = dict[str, Any]

# AWS does not publish how deeply a template may be nested.
_MAX_DEPTH = 100
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
    check_sections(template)
    return dict(template)


def parse(text: str) -> Any:
    """JSON or YAML as plain data, as CloudFormation reads it."""
    try:
        return _plain(_parse(text), "", 0)
    except RecursionError as error:
        raise _too_deep() from error


def _parse(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except ValueError:
            pass  # flow-style YAML starts with a brace, too
    try:
        if "*" in text and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)
        ):
            raise validation_error(
                "Template error: YAML aliases are not allowed in CloudFormation templates"
            )
        return yaml.load(text, _Loader)  # noqa: S506 - derived from the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise template_error(f"YAML not well-formed.{place}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise template_error("YAML not well-formed.") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _plain(node: Any, place: str, depth: int) -> Any:
    """``node`` with texts as keys; ``place`` is where it stands in the template."""
    if depth > _MAX_DEPTH:
        raise _too_deep()
    if node is None and place:
        raise validation_error(f"[{place}] 'null' values are not allowed in templates")
    if isinstance(node, list):
        return [_plain(item, f"{place}/{index}", depth + 1) for index, item in enumerate(node)]
    if isinstance(node, dict):
        members = ((text_of(key), value) for key, value in node.items())
        return {key: _plain(value, f"{place}/{key}", depth + 1) for key, value in members}
    if isinstance(node, (str, bool, int, float)):
        return node
    raise template_error("YAML not well-formed.")


def _too_deep() -> ApiError:
    return template_error(f"the template is nested more than {_MAX_DEPTH} levels deep.")


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
