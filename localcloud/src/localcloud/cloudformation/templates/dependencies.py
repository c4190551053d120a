"""Which resource needs which, and an order in which they can be created."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.arguments import VARIABLE

_REFERRING = frozenset({"Ref", "Fn::GetAtt", "Fn::Sub"})


def references(node: Any, functions: Set[str] = _REFERRING) -> Iterator[str]:
    """Every name that ``node`` refers to by one of ``functions``, in every branch of an If."""
    if isinstance(node, list):
        for item in node:
            yield from references(item, functions)
    elif isinstance(node, dict):
        if len(node) == 1:
            name, argument = next(iter(node.items()))
            yield from _direct(name, argument) if name in functions else ()
        for value in node.values():
            yield from references(value, functions)


def _direct(name: str, argument: Any) -> Iterator[str]:
    if name == "Ref" and isinstance(argument, str):
        yield argument
    elif name == "Fn::GetAtt":
        first = argument.split(".", 1)[0] if isinstance(argument, str) else argument[0]
        if isinstance(first, str):
            yield first
    elif name == "Fn::Sub":
        text, own = argument if isinstance(argument, list) else (argument, {})
        names = {match.strip() for match in VARIABLE.findall(text)}
        yield from (name.split(".", 1)[0] for name in names if name not in own)


def depends_on(resource: Mapping[str, Any]) -> list[str]:
    names = resource.get("DependsOn", [])
    return names if isinstance(names, list) else [names]


def ordered(dependencies: Mapping[str, Set[str]]) -> list[str]:
    """Names so that each comes after its dependencies; otherwise in the given order.

    Raises ValidationError for a circle.
    """
    order: list[str] = []
    pending = dict(dependencies)
    while pending:
        ready = [name for name, needed in pending.items() if not needed & pending.keys()]
        if not ready:
            circle = ", ".join(sorted(_circle(pending)))
            raise validation_error(f"Circular dependency between resources: [{circle}]")
        order += ready
        pending = {name: needed for name, needed in pending.items() if name not in ready}
    return order


def _circle(pending: Mapping[str, Set[str]]) -> set[str]:
    """The names in a circle, without those that only depend on it."""
    names = set(pending)
    while True:
        needed = {dependency for name in names for dependency in pending[name]}
        if names <= needed:
            return names
        names &= needed
