"""Reads a definition in the Amazon States Language, and refuses what AWS would refuse, before
anything runs.

https://states-language.net/spec.html; only JSONata.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.diagnostics import NOT_JSON, TRANSITION, Diagnostics
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.integrations import read_integration
from localcloud.stepfunctions.quotas import MAX_SECONDS, NAME_LENGTH
from localcloud.stepfunctions.retry import read_assign
from localcloud.stepfunctions.states import STATE_TYPES
from localcloud.stepfunctions.states.state import CommonFields, Graph, ParseContext, State
from localcloud.stepfunctions.states.succeed import Succeed

_TERMINAL = ("Succeed", "Fail")
_WITHOUT_NEXT = (*_TERMINAL, "Choice")


@dataclass(frozen=True)
class Definition:
    text: str
    graph: Graph
    timeout: float | None
    comment: str | None


def parse(text: str, machine_type: str, region: str, diagnostics: Diagnostics) -> Definition | None:
    """None if there are diagnostics. Raises ``not_emulated`` for JSONPath and what else we lack."""
    try:
        value = json.loads(text)
    except ValueError as error:
        diagnostics.add("/", f"Invalid JSON: {error}", NOT_JSON)
        return None
    return _Reader(machine_type, region, diagnostics).definition(text, value)


class _Reader:
    def __init__(self, machine_type: str, region: str, diagnostics: Diagnostics) -> None:
        self._type = machine_type
        self._region = region
        self._diagnostics = diagnostics
        self._names: set[str] = set()
        self._outer_variables: list[set[str]] = []

    def definition(self, text: str, value: Any) -> Definition | None:
        fields = Fields(value, "/", self._diagnostics)
        if isinstance(value, dict) and value.get("QueryLanguage", "JSONPath") != "JSONata":
            raise not_emulated("JSONPath state machines (set QueryLanguage to JSONata)")
        fields.raw("QueryLanguage")
        comment = fields.raw("Comment")
        fields.choice("Version", ("1.0",), "1.0")
        timeout = None
        if fields.has("TimeoutSeconds"):
            timeout = float(fields.integer("TimeoutSeconds", 1, MAX_SECONDS, 1))
        graph = self.graph(fields, False)
        if self._diagnostics.found:
            return None
        return Definition(text, graph, timeout, comment)

    def graph(self, fields: Fields, sees_outer: bool) -> Graph:
        """StartAt and States of one scope. ``sees_outer`` is false for children of a Distributed
        Map, which have no outer variables.
        """
        outer = self._outer_variables
        self._outer_variables = [*outer, set()] if sees_outer else [set()]
        transitions: list[tuple[str, str]] = []
        start, states = "", {}
        if fields.require("StartAt", "States"):
            start = fields.text("StartAt") or ""
            transitions.append((fields.at("StartAt"), start))
            inside = fields.sub("States")
            if inside is not None:
                states = self._states(inside, transitions)
        fields.text("Comment")
        if fields.raw("QueryLanguage", "JSONata") != "JSONata":
            fields.wrong("QueryLanguage", "A JSONata state machine cannot hold JSONPath states")
        fields.done()
        self._check_transitions(fields, start, states, transitions)
        self._outer_variables = outer
        return Graph(start, states)

    def _states(self, inside: Fields, transitions: list[tuple[str, str]]) -> dict[str, State]:
        found: list[tuple[str, Fields]] = []
        for name in inside.names():
            if len(name) > NAME_LENGTH:
                inside.wrong(name, f"State names should have at most {NAME_LENGTH} characters")
            if name in self._names:
                # "State names must be unique within the scope of the whole state machine."
                inside.wrong(name, f"Duplicate state name '{name}'")
            self._names.add(name)
            fields = Fields(inside.raw(name), inside.at(name), self._diagnostics)
            found.append((name, fields))
        if not found:
            self._diagnostics.add(inside.location, "The field 'States' should not be empty")
        return {name: self._state(name, fields, transitions) for name, fields in found}

    def _state(self, name: str, fields: Fields, transitions: list[tuple[str, str]]) -> State:
        kinds = ", ".join(STATE_TYPES)
        kind = fields.raw("Type")
        fields.raw("Comment")
        if kind not in STATE_TYPES:
            fields.wrong("Type", f"The field 'Type' should have one of these values: [{kinds}]")
            for field in fields.names():
                fields.raw(field)
            return Succeed(CommonFields(name, None, None, None))
        if fields.raw("QueryLanguage", "JSONata") != "JSONata":
            fields.wrong("QueryLanguage", "A JSONata state machine cannot hold JSONPath states")
        following = self._following(kind, fields, transitions)
        assign = None
        if kind not in _TERMINAL:
            self._note_variables(fields)
            assign = read_assign(fields)
        output = fields.template("Output") if kind != "Fail" else None
        common = CommonFields(name, following, assign, output)
        context = ParseContext(
            fields, common, transitions, self._type, self.graph, self._integration
        )
        state = STATE_TYPES[kind](context)
        fields.done()
        return state

    def _integration(self, fields: Fields) -> Any:
        return read_integration(fields, self._type, self._region)

    def _following(
        self, kind: str, fields: Fields, transitions: list[tuple[str, str]]
    ) -> str | None:
        if kind in _WITHOUT_NEXT:
            return None
        following = fields.text("Next")
        end = fields.raw("End", False)
        if not isinstance(end, bool):
            fields.wrong("End", "The field 'End' should be a boolean")
        if bool(following) == (end is True):
            self._diagnostics.add(
                fields.location, "Exactly one of these fields is required: [Next, End]"
            )
        if following:
            transitions.append((fields.at("Next"), following))
        return following

    def _note_variables(self, fields: Fields) -> None:
        """A variable of an outer scope cannot be assigned in an inner one (states-language.net,
        Variable Scope).
        """
        assigned = fields.peek("Assign")
        for name in assigned if isinstance(assigned, dict) else ():
            if any(name in scope for scope in self._outer_variables[:-1]):
                fields.wrong(f"Assign/{name}", f"Variable '{name}' is assigned in an outer scope")
            self._outer_variables[-1].add(name)

    def _check_transitions(
        self,
        fields: Fields,
        start: str,
        states: dict[str, State],
        transitions: list[tuple[str, str]],
    ) -> None:
        if not states:
            return
        for location, target in transitions:
            if target not in states:
                field = location.rsplit("/", 1)[-1]
                self._diagnostics.add(location, f"Missing '{field}' target: {target}", TRANSITION)
        onward: dict[str, set[str]] = {}
        for location, target in transitions:
            prefix = fields.at("States") + "/"
            if location.startswith(prefix):
                source = next((n for n in states if location.startswith(f"{prefix}{n}/")), None)
                if source:
                    onward.setdefault(source, set()).add(target)
        reached: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            if name in states and name not in reached:
                reached.add(name)
                todo.extend(onward.get(name, ()))
        for name in states:
            if name not in reached:
                self._diagnostics.add(
                    f"{fields.at('States')}/{name}", f'State "{name}" is not reachable.', TRANSITION
                )
