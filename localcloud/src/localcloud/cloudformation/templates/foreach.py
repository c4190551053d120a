"""``Fn::ForEach`` of the AWS::LanguageExtensions transform, expanded before all else is read.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.intrinsics import Evaluator
from localcloud.cloudformation.templates.template import text_of

EXTENSIONS = "AWS::LanguageExtensions"
_PREFIX = "Fn::ForEach::"


def expand_loops(node: Any, evaluator: Evaluator) -> Any:
    """``node`` with every loop replaced by what it yields."""
    if isinstance(node, list):
        return [expand_loops(item, evaluator) for item in node]
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(key, str) and key.startswith(_PREFIX):
            yielded = _loop(key, value, evaluator)
            if repeated := sorted(result.keys() & yielded.keys()):
                raise validation_error(f"Template error: {key} yields {repeated[0]} more than once")
            result |= yielded
        else:
            result[key] = expand_loops(value, evaluator)
    return result


def _loop(name: str, argument: Any, evaluator: Evaluator) -> dict[str, Any]:
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[2], dict):
        raise validation_error(f"Template error: {name} layout is incorrect")
    identifier, collection, body = argument
    if not isinstance(identifier, str):
        raise validation_error(f"Template error: {name} layout is incorrect")
    items = evaluator.evaluate(collection)
    if not isinstance(items, list):
        raise validation_error(f"Template error: the collection of {name} must be a list")
    yielded: dict[str, Any] = {}
    for item in items:
        yielded |= expand_loops(_replaced(body, identifier, text_of(item)), evaluator)
    return yielded


def _replaced(node: Any, identifier: str, item: str) -> Any:
    if isinstance(node, str):
        plain = "".join(character for character in item if character.isalnum())
        return node.replace(f"${{{identifier}}}", item).replace(f"&{{{identifier}}}", plain)
    if isinstance(node, list):
        return [_replaced(value, identifier, item) for value in node]
    if isinstance(node, dict):
        if node == {"Ref": identifier}:
            return item
        return {
            _replaced(key, identifier, item): _replaced(value, identifier, item)
            for key, value in node.items()
        }
    return node
