"""Applies a template's transforms, in CloudFormation's order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.cloudformation.templates import foreach, include, sam
from localcloud.cloudformation.templates.include import ReadObject
from localcloud.cloudformation.templates.intrinsics import Evaluator
from localcloud.cloudformation.templates.sam import ManagedPolicies
from localcloud.cloudformation.templates.template import Template, transforms_of
from localcloud.gateway.errors import not_emulated

EXTENSIONS = "AWS::LanguageExtensions"


def transformed(
    template: Template,
    values: Mapping[str, Any],
    evaluator: Evaluator,
    region: str,
    policies: ManagedPolicies,
    read: ReadObject,
) -> Template:
    """The processed template. ``values`` are those of parameters and pseudo parameters."""
    names = transforms_of(template)
    if unknown := [name for name in names if name not in (EXTENSIONS, sam.SERVERLESS)]:
        raise not_emulated(f"the transform {unknown[0]}")
    result = {key: value for key, value in template.items() if key != "Transform"}
    result = include.expand_includes(result, read)
    if EXTENSIONS in names:
        result = foreach.expand_loops(result, evaluator)
    if sam.SERVERLESS in names:
        result = sam.translate(result, dict(values), region, policies)
    return result
