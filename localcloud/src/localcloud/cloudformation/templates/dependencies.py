"""Which resource needs which, and an order in which they can be made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from localcloud.cloudformation.errors import validation_error

_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")


def references(node: Any) -> Iterator[str]:
    """Every name that ``node`` refers to by Ref, GetAtt or Sub, in every branch of an If."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        if len(node) == 1:
            yield from _direct(*next(iter(node.items())))
        for value in node.values():
            yield from references(value)


def _direct(name: str, argument: Any) -> Iterator[str]:
    if name == "Ref" and isinstance(argument, str):
        yield argument
    elif name == "Fn::GetAtt":
        first = argument.split(".", 1)[0] if isinstance(argument, str) else argument[0]
        if isinstance(first, str):
            yield first
    elif name == "Fn::Sub":
        text, own = argument if isinstance(argument, list) else (argument, {})
        names = {match.strip() for match in _VARIABLE.findall(text)}
        yield from (name.split(".", 1)[0] for name in names if name not in own)


def depends_on(resource: Mapping[str, Any]) -> list[str]:
    given = resource.get("DependsOn", [])
    return given if isinstance(given, list) else [given]


def ordered(needs: Mapping[str, Set[str]]) -> list[str]:
    """Names so that each comes after what it needs; otherwise in the given order.

    Raises for a circle.
    """
    order: list[str] = []
    left = dict(needs)
    while left:
        ready = [name for name, needed in left.items() if not needed & left.keys()]
        if not ready:
            circle = ", ".join(sorted(_circle(left)))
            raise validation_error(f"Circular dependency between resources: [{circle}]")
        order += ready
        left = {name: needed for name, needed in left.items() if name not in ready}
    return order


def _circle(left: Mapping[str, Set[str]]) -> set[str]:
    """Of what cannot be ordered, what others in it need: those that merely wait for the circle
    are left out.
    """
    names = set(left)
    while True:
        needed = {need for name in names for need in left[name]}
        if names <= needed:
            return names
        names &= needed
