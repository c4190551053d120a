"""What JSONata expressions refer to: state variables, and what AWS does not support.

Measured on AWS: https://github.com/floci-io/floci (StepFunctionsTopLevelReferenceIntegrationTest).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from jsonata2py.parser import ast_nodes as nodes
from jsonata2py.parser.parser import Parser

from localcloud.stepfunctions.expressions import is_expression, source_of

# Nodes whose other children see the value of the first one as their context.
_WITH_CONTEXT = (
    nodes.PredicateExpr,
    nodes.ArraySubscript,
    nodes.SortExpr,
    nodes.GroupByExpr,
    nodes.TransformExpr,
)
_GRAPHS = ("States", "Branches", "ItemProcessor", "Iterator")


def unsupported_references(source: str, has_error_output: bool) -> list[str]:
    """Faults in AWS's words, for an expression that parses; each name once."""
    tree = Parser.parse(source)
    faults = [
        f"Reference to '{name}' at the top level is not supported."
        for name in dict.fromkeys(_top_level_names(tree))
    ]
    if any(isinstance(node, nodes.RootRef) for node in _walk(tree)):
        faults.append("Reference to '$$' is not supported.")
    if not has_error_output and any(map(_is_error_output, _walk(tree))):
        faults.append("Field '$states.errorOutput' does not exist.")
    return faults


def variable_references(definition: str) -> dict[str, list[str]]:
    """The variables that each state refers to, by the state's name; others are left out."""
    states = dict(_states(json.loads(definition)))
    assigned = {name for state in states.values() for name in _assigned(state)}
    references = {
        name: sorted({*_variables(_without_graphs(state))} & assigned)
        for name, state in states.items()
    }
    return {name: variables for name, variables in references.items() if variables}


def _children(node: Any) -> list[Any]:
    values = [getattr(node, field.name) for field in fields(node)]
    flat = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return [value for value in flat if is_dataclass(value)]


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _top_level_names(node: Any) -> Iterator[str]:
    if isinstance(node, nodes.FieldRef):
        yield node.name
    elif isinstance(node, nodes.ContextRef):
        yield "$"
    else:
        children = _children(node)
        has_context = isinstance(node, (nodes.PathExpr, *_WITH_CONTEXT))
        for child in children[:1] if has_context else children:
            yield from _top_level_names(child)


def _is_error_output(node: Any) -> bool:
    return isinstance(node, nodes.PathExpr) and node.steps[:2] == [
        nodes.VariableRef("states"),
        nodes.FieldRef("errorOutput"),
    ]


def _states(graph: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in graph.get("States", {}).items():
        yield name, state
        inner = [state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", [])]
        for nested in filter(None, inner):
            yield from _states(nested)


def _assigned(state: dict[str, Any]) -> Iterator[str]:
    for rule in (state, *state.get("Choices", []), *state.get("Catch", [])):
        yield from rule.get("Assign", {})


def _without_graphs(state: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name not in _GRAPHS}


def _variables(value: Any) -> Iterator[str]:
    if is_expression(value):
        for node in _walk(Parser.parse(source_of(value))):
            if isinstance(node, nodes.VariableRef):
                yield node.name
    elif isinstance(value, dict | list):
        inner: Iterable[Any] = value.values() if isinstance(value, dict) else value
        for item in inner:
            yield from _variables(item)
