"""JSONata in state machine fields: ``"{% … %}"`` strings, at any depth of a JSON value.

A value without an expression is compiled to itself, so it costs nothing at run time. Only this
module knows the JSONata library, jsonata2py, which does not copy its input when it evaluates, and
tells undefined from null.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import jsonata2py
from jsonata2py import MISSING, CompiledExpression, JsonataBindings, JsonataError

from localcloud.stepfunctions.jsonata_functions import FUNCTIONS, rewrite


class EvaluationFailed(Exception):
    """``location`` is the field, as in ``Arguments/Payload/id``."""

    def __init__(self, message: str, location: str) -> None:
        super().__init__(message)
        self.location = location


class InvalidExpression(ValueError):
    """An expression that does not parse; ``location`` as in EvaluationFailed."""

    location = ""


class Scope:
    """The values that an expression sees: ``$states``, which may grow, and the variables."""

    __slots__ = ("bindings", "states")

    def __init__(self, states: dict[str, Any], variables: Mapping[str, Any]) -> None:
        self.states = states
        self.bindings = JsonataBindings()
        for name, value in variables.items():
            self.bindings.bind_value(name, value)
        self.bindings.bind_value("states", states)


@dataclass(eq=False)
class Template:
    location: str

    is_constant: ClassVar[bool] = False

    def evaluate(self, scope: Scope, /) -> Any:
        """Raises EvaluationFailed."""
        raise NotImplementedError


@dataclass
class Constant(Template):
    value: Any

    is_constant = True

    def evaluate(self, _: Scope, /) -> Any:
        return self.value


class Expression(Template):
    def __init__(self, source: str, location: str) -> None:
        super().__init__(location)
        self.source = source
        try:
            self._compiled = _compile(source)
        except InvalidExpression as error:
            error.location = location
            raise

    def evaluate(self, scope: Scope, /) -> Any:
        try:
            result = self._compiled.evaluate(MISSING, scope.bindings)
        except JsonataError as error:
            code = getattr(error, "error_code", None)
            text = f"{code}: {error}" if code else str(error)
            raise self._failed(f"threw an error during evaluation. {text}") from error
        if result is MISSING:
            raise self._failed("returned nothing (undefined).")
        return result

    def _failed(self, reason: str) -> EvaluationFailed:
        field = f"The JSONata expression '{self.source}' specified for the field '{self.location}'"
        return EvaluationFailed(f"{field} {reason}", self.location)


@dataclass
class ObjectTemplate(Template):
    members: dict[str, Template]

    def evaluate(self, scope: Scope, /) -> Any:
        return {name: member.evaluate(scope) for name, member in self.members.items()}


@dataclass
class ListTemplate(Template):
    elements: list[Template]

    def evaluate(self, scope: Scope, /) -> Any:
        return [element.evaluate(scope) for element in self.elements]


def is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def source_of(value: str) -> str:
    return value[2:-2].strip()


def expressions_in(template: Template) -> Iterator[Expression]:
    if isinstance(template, Expression):
        yield template
    elif isinstance(template, ObjectTemplate):
        for member in template.members.values():
            yield from expressions_in(member)
    elif isinstance(template, ListTemplate):
        for element in template.elements:
            yield from expressions_in(element)


def compile_template(value: Any, location: str) -> Template:
    """Raise InvalidExpression if an expression in ``value`` does not parse."""
    if is_expression(value):
        return Expression(source_of(value), location)
    if isinstance(value, dict):
        members = {k: compile_template(v, f"{location}/{k}") for k, v in value.items()}
        if not all(member.is_constant for member in members.values()):
            return ObjectTemplate(location, members)
    elif isinstance(value, list):
        elements = [compile_template(v, f"{location}[{i}]") for i, v in enumerate(value)]
        if not all(element.is_constant for element in elements):
            return ListTemplate(location, elements)
    return Constant(location, value)


@lru_cache(maxsize=4096)
def _compile(source: str) -> CompiledExpression:
    try:
        rewritten = rewrite(source)
        compiled = jsonata2py.compile(rewritten)
    except (JsonataError, ValueError) as error:
        raise InvalidExpression(re.sub(r" \(position \d+\)$", "", str(error))) from error
    for name, function in FUNCTIONS.items():
        if f"${name}" in rewritten:
            compiled.register_function(name, function)
    return compiled
