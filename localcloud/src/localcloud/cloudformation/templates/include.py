"""``AWS::Include`` as an ``Fn::Transform`` within a template: the snippet takes its place.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
"""

import re
from collections.abc import Callable
from typing import Any

from localcloud.cloudformation.errors import template_error, validation_error
from localcloud.cloudformation.templates.template import parse
from localcloud.gateway.errors import not_emulated

INCLUDE = "AWS::Include"
_TRANSFORM = "Fn::Transform"
_LOCATION = re.compile(r"s3://([a-z0-9.-]+)/(.+)")

# Bucket and key → text, read as the caller.
ReadObject = Callable[[str, str], str]


def expand_includes(node: Any, read: ReadObject) -> Any:
    """``node`` with every include replaced by its snippet, beside the siblings of the include."""
    if isinstance(node, list):
        return [expand_includes(item, read) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: expand_includes(value, read) for key, value in node.items() if key != _TRANSFORM}
    if _TRANSFORM not in node:
        return result
    return result | _snippet(node[_TRANSFORM], read)


def _snippet(transform: Any, read: ReadObject) -> dict[str, Any]:
    if not isinstance(transform, dict) or transform.get("Name") != INCLUDE:
        name = transform.get("Name") if isinstance(transform, dict) else transform
        raise not_emulated(f"the transform {name} within a template")
    parameters = transform.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, dict) else None
    match = _LOCATION.fullmatch(location) if isinstance(location, str) else None
    if match is None:
        raise validation_error(
            f"Transform {INCLUDE} failed with: The value of parameter Location under transform "
            "Include must resolve to a string. The location is not a valid S3 URL."
        )
    snippet = parse(read(match[1], match[2]))
    if not isinstance(snippet, dict):
        raise template_error(f"{INCLUDE}: the snippet is not a set of keys and values.")
    return snippet
