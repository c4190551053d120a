"""Which resource needs which, and an order in which they can be created."""

from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
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
    """Names so that each comes after its dependencies; ValidationError for a circle."""
    sorter = TopologicalSorter(dict.fromkeys(dependencies, ()))  # otherwise in the given order
    for name, needed in dependencies.items():
        sorter.add(name, *needed)
    try:
        return list(sorter.static_order())
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        message = f"Circular dependency between resources: [{circle}]"
        raise validation_error(message) from error
