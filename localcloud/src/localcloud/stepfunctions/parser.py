"""Reads a definition in the Amazon States Language, and refuses what AWS would refuse.

https://states-language.net/spec.html; only JSONata.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.error_policy import read_error_policy
from localcloud.stepfunctions.fields import (
    DUPLICATE,
    NO_END,
    NOT_JSON,
    TRANSITION,
    Diagnostics,
    Fields,
)
from localcloud.stepfunctions.quotas import MAX_SECONDS, NAME_LENGTH
from localcloud.stepfunctions.state_machine import Definition
from localcloud.stepfunctions.states.flow import Choice, Fail, Parallel, Pass, Succeed, Wait
from localcloud.stepfunctions.states.map_distributed import parse_map
from localcloud.stepfunctions.states.state import CommonFields, Graph, ParseContext, State
from localcloud.stepfunctions.states.task import Task
from localcloud.stepfunctions.transition import Target, Transition, read_assign, read_target

# In the order in which AWS lists them.
_STATE_TYPES: dict[str, Callable[[ParseContext], State]] = {
    "Task": Task.parse,
    "Wait": Wait.parse,
    "Pass": Pass.parse,
    "Succeed": Succeed.parse,
    "Fail": Fail.parse,
    "Choice": Choice.parse,
    "Parallel": Parallel.parse,
    "Map": parse_map,
}
_TERMINAL = ("Succeed", "Fail")
_WITHOUT_NEXT = (*_TERMINAL, "Choice")
_WITH_POLICY = ("Task", "Parallel", "Map")


def parse(text: str, machine_type: str, region: str, diagnostics: Diagnostics) -> Definition | None:
    """None if there are diagnostics. Raises NotEmulated for JSONPath and other missing parts."""
    try:
        value = json.loads(text) if text.strip() else None
    except json.JSONDecodeError as error:
        place = f'[Source: (String)"{text}"; line: {error.lineno}, column: {end_column(error)}]'
        diagnostics.report(place, f"{json_fault(error)}\n at {place}", NOT_JSON)
        return None
    if not isinstance(value, dict):
        diagnostics.report(None, "Definition must be a valid JSON object")
        return None
    return _Parser(machine_type, region, diagnostics).definition(text, value)


class _Parser:
    def __init__(self, machine_type: str, region: str, diagnostics: Diagnostics) -> None:
        self._type = machine_type
        self._region = region
        self._diagnostics = diagnostics
        self._names: set[str] = set()
        self._variables: list[set[str]] = []  # those assigned in each scope, the outermost first

    def definition(self, text: str, value: Any) -> Definition | None:
        fields = Fields(value, "/", self._diagnostics)
        if fields.take("QueryLanguage", "JSONPath") != "JSONata" and value:
            raise not_emulated("JSONPath state machines (set QueryLanguage to JSONata)")
        fields.take("Comment")
        fields.choice("Version", ("1.0",), "1.0")
        timeout = None
        if fields.has("TimeoutSeconds"):
            timeout = float(fields.integer("TimeoutSeconds", 1, MAX_SECONDS, 1))
        graph = self.graph(fields, False)
        return None if self._diagnostics else Definition(text, graph, timeout)

    def graph(self, fields: Fields, sees_outer: bool) -> Graph:
        """``sees_outer``: false for children of a Distributed Map, without outer variables."""
        if not fields.is_object:
            return Graph("", {})
        outer = self._variables
        self._variables = [*outer, set()] if sees_outer else [set()]
        targets: list[Target] = []
        start_at, states = "", {}
        fields.require("States", "StartAt")
        start_at = read_target(fields, "StartAt", targets) or ""
        if (inner := fields.object("States")) is not None:
            states = self._states(inner, targets)
        fields.text("Comment")
        fields.report_unread()
        self._check_targets(fields, start_at, states, targets)
        self._variables = outer
        return Graph(start_at, states)

    def _states(self, fields: Fields, targets: list[Target]) -> dict[str, State]:
        by_name: dict[str, Fields] = {}
        for name in fields.unread():
            if len(name) > NAME_LENGTH:
                fields.report(name, f"State names should have at most {NAME_LENGTH} characters")
            if name in self._names:
                # "State names must be unique within the scope of the whole state machine."
                location = fields.location_of(name)
                self._diagnostics.report(location, f"Duplicate state name '{name}'", DUPLICATE)
            self._names.add(name)
            location = fields.location_of(name)
            by_name[name] = Fields(fields.take(name), location, self._diagnostics)
        if not by_name:
            fields.report_here("The field 'States' should not be empty")
        return {name: self._state(name, state, targets) for name, state in by_name.items()}

    def _state(self, name: str, fields: Fields, targets: list[Target]) -> State:
        type_name = fields.take("Type")
        fields.take("Comment")
        if not fields.is_object:
            return State(CommonFields(name, Transition(None)))
        if type_name not in _STATE_TYPES:
            types = ", ".join(_STATE_TYPES)
            fields.report("Type", f"The field 'Type' should have one of these values: [{types}]")
            return State(CommonFields(name, Transition(None)))
        self._check_query_language(fields)
        transition = self._transition(type_name, fields, targets)
        policy = read_error_policy(fields, targets) if type_name in _WITH_POLICY else None
        common = CommonFields(name, transition, policy)
        state = _STATE_TYPES[type_name](
            ParseContext(fields, common, targets, self._type, self._region, self.graph)
        )
        fields.report_unread()
        return state

    def _check_query_language(self, fields: Fields) -> None:
        language = fields.take("QueryLanguage", "JSONata")
        if language == "JSONPath":
            fields.report_here(
                "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
            )
        elif language != "JSONata":
            message = "Value should be one of the following: [JSONPath, JSONata]"
            fields.report("QueryLanguage", message)

    def _transition(self, type_name: str, fields: Fields, targets: list[Target]) -> Transition:
        target = None if type_name in _WITHOUT_NEXT else self._next(fields, targets)
        assign = None
        if type_name not in _TERMINAL:
            self._note_variables(fields)
            assign = read_assign(fields)
        output = fields.template("Output") if type_name != "Fail" else None
        return Transition(target, assign, output)

    def _next(self, fields: Fields, targets: list[Target]) -> str | None:
        target = read_target(fields, "Next", targets)
        end = fields.take("End", False)
        if not isinstance(end, bool):
            fields.report_type("End", "a boolean")
        if bool(target) == (end is True):
            fields.report_here("Exactly one of these fields is required: [Next, End]")
        return target

    def _note_variables(self, fields: Fields) -> None:
        """An inner scope cannot assign a variable of an outer one."""
        # https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
        assigned = fields.peek("Assign")
        for name in assigned if isinstance(assigned, dict) else ():
            if any(name in scope for scope in self._variables[:-1]):
                fields.report(f"Assign/{name}", f"Variable '{name}' is assigned in an outer scope")
            self._variables[-1].add(name)

    def _check_targets(
        self, fields: Fields, start_at: str, states: dict[str, State], targets: list[Target]
    ) -> None:
        """Report targets that do not exist, and states that nothing leads to."""
        # What follows from another fault is not reported: AWS does not either.
        if not states or not start_at:
            return
        prefix = fields.location_of("States") + "/"
        leads_to: defaultdict[str, set[str]] = defaultdict(set)
        for target in targets:
            if target.state not in states:
                field = target.location.rsplit("/", 1)[-1]
                message = f"Missing '{field}' target: {target.state}"
                self._diagnostics.report(target.location, message, TRANSITION)
            for name in states:
                if target.location.startswith(f"{prefix}{name}/"):
                    leads_to[name].add(target.state)
        is_whole = all(hasattr(state, "type_name") for state in states.values())
        if fields.location == "/" and is_whole and not any(map(_is_terminal, states.values())):
            self._diagnostics.report(None, "Workflow has no terminal state", NO_END)
            return
        if start_at not in states or not is_whole:
            return
        reachable = _reachable(start_at, leads_to)
        for name in states:
            if name not in reachable:
                message = f'State "{name}" is not reachable.'
                self._diagnostics.report(f"{prefix}{name}", message, TRANSITION)


def _is_terminal(state: State) -> bool:
    return state.type_name != "Choice" and state.common.transition.next is None


def json_fault(error: json.JSONDecodeError) -> str:
    """What is wrong with a JSON text, in the words of the Jackson library, which AWS uses."""
    text = error.doc[error.pos :]
    if token := re.match(r"[^\W\d_]\w*", text):
        return (
            f"Unrecognized token '{token[0]}': was expecting (JSON String, Number, Array, Object "
            "or token 'null', 'true' or 'false')"
        )
    if text and "property name" in error.msg:
        fault = f"Unexpected character ('{text[0]}' (code {ord(text[0])}))"
        return f"{fault}: was expecting double-quote to start field name"
    return error.msg


def end_column(error: json.JSONDecodeError) -> int:
    """The column after the token at which reading stopped."""
    token = re.match(r"\w*", error.doc[error.pos :])
    return error.colno + (len(token[0]) if token else 0)


def _reachable(start_at: str, leads_to: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    pending = {start_at}
    while pending:
        reached |= pending
        pending = {target for name in pending for target in leads_to[name]} - reached
    return reached
