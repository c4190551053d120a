"""Retry and Catch: which error goes where, and how long to wait first."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from localcloud.stepfunctions.errors import (
    ALL,
    NOT_IN_ALL,
    RUNTIME,
    TASK_FAILED,
    TIMEOUT,
    StateError,
)
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import MAX_SECONDS, VARIABLE_NAME_LENGTH

_MAX_ATTEMPTS = 99_999_999
_LONGEST_DELAY = 31_622_400  # a year: "MaxDelaySeconds … less than 31622400"


@dataclass(frozen=True)
class Retrier:
    """One rule of Retry. Defaults are those of the Amazon States Language."""

    errors: tuple[str, ...]
    interval: float = 1.0
    backoff: float = 2.0
    attempts: int = 3
    longest: float | None = None
    jitter: bool = False

    def delay(self, earlier: int, random_number: Callable[[], float]) -> float:
        """Seconds to wait after ``earlier`` retries by this rule. FULL jitter is anything between 0
        and that.
        """
        seconds = self.interval * self.backoff**earlier
        if self.longest is not None:
            seconds = min(seconds, self.longest)
        return seconds * random_number() if self.jitter else seconds


@dataclass(frozen=True)
class Assign:
    variables: dict[str, Template]


@dataclass(frozen=True)
class Catcher:
    errors: tuple[str, ...]
    next: str
    assign: Assign | None
    output: Template | None


@dataclass(frozen=True)
class Policy:
    """The Retry and Catch of one state."""

    retriers: tuple[Retrier, ...] = ()
    catchers: tuple[Catcher, ...] = ()

    def catcher(self, error: StateError) -> Catcher | None:
        return next((each for each in self.catchers if matches(each.errors, error.error)), None)


@dataclass
class Attempts:
    """Counts the retries of one frame to a state: each rule has its own count."""

    policy: Policy
    random_number: Callable[[], float] = random.random
    retries: int = 0
    _by_rule: dict[int, int] = field(default_factory=dict)

    def delay(self, error: StateError) -> float | None:
        """Seconds before the next attempt; None if there is none. Only the first rule that matches
        counts.
        """
        for index, retrier in enumerate(self.policy.retriers):
            if matches(retrier.errors, error.error):
                earlier = self._by_rule.get(index, 0)
                if earlier >= retrier.attempts:
                    return None
                self._by_rule[index] = earlier + 1
                self.retries += 1
                return retrier.delay(earlier, self.random_number)
        return None


def matches(rule: tuple[str, ...], error: str | None) -> bool:
    """Whether a rule's ErrorEquals covers the error's name.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: States.ALL
    covers neither States.DataLimitExceeded nor States.Runtime; States.TaskFailed is a wildcard for
    all but States.Timeout; a States.Runtime error "will always cause the execution to fail".
    """
    if error == RUNTIME:
        return False
    if error in rule:
        return True
    if error in NOT_IN_ALL:
        return False
    return ALL in rule or (TASK_FAILED in rule and error != TIMEOUT)


def read_policy(fields: Fields, transitions: list[tuple[str, str]]) -> Policy:
    retriers = _read_rules(fields, "Retry", _read_retrier)
    catchers = []
    for rule in _rules(fields, "Catch"):
        errors = _read_errors(rule)
        rule.require("Next")
        target = rule.text("Next") or ""
        if target:
            transitions.append((rule.at("Next"), target))
        catchers.append(Catcher(errors, target, read_assign(rule), rule.template("Output")))
        rule.text("Comment")
        rule.done()
    _check_order(fields, "Catch", [each.errors for each in catchers])
    return Policy(tuple(retriers), tuple(catchers))


def read_assign(fields: Fields) -> Assign | None:
    sub = fields.sub("Assign")
    if sub is None:
        return None
    variables: dict[str, Template] = {}
    for name in sub.names():
        if name == "states" or not name.isidentifier() or len(name) > VARIABLE_NAME_LENGTH:
            sub.wrong(name, f"'{name}' is not a valid variable name")
        if (template := sub.template(name)) is not None:
            variables[name] = template
    return Assign(variables)


def _rules(fields: Fields, name: str) -> list[Fields]:
    values = fields.items(name)
    return [
        Fields(value, fields.at(f"{name}[{index}]"), fields.diagnostics, f"{name}[{index}]")
        for index, value in enumerate(values)
    ]


def _read_rules(fields: Fields, name: str, read: Callable[[Fields], Retrier]) -> list[Retrier]:
    found = [read(rule) for rule in _rules(fields, name)]
    _check_order(fields, name, [each.errors for each in found])
    return found


def _read_retrier(rule: Fields) -> Retrier:
    errors = _read_errors(rule)
    interval = rule.integer("IntervalSeconds", 1, MAX_SECONDS, 1)
    longest = None
    if rule.has("MaxDelaySeconds"):
        longest = rule.integer("MaxDelaySeconds", 1, _LONGEST_DELAY, 1)
        if longest <= interval:
            rule.wrong("MaxDelaySeconds", "MaxDelaySeconds should be greater than IntervalSeconds")
    retrier = Retrier(
        errors,
        interval=float(interval),
        backoff=rule.number("BackoffRate", 1.0, 1e9, 2.0),
        attempts=rule.integer("MaxAttempts", 0, _MAX_ATTEMPTS, 3),
        longest=longest,
        jitter=rule.choice("JitterStrategy", ("FULL", "NONE"), "NONE") == "FULL",
    )
    rule.text("Comment")
    rule.done()
    return retrier


def _read_errors(rule: Fields) -> tuple[str, ...]:
    rule.require("ErrorEquals")
    errors = rule.items("ErrorEquals")
    if not errors or not all(isinstance(each, str) for each in errors):
        rule.wrong("ErrorEquals", "The field 'ErrorEquals' should be a non-empty array of strings")
        return ()
    if ALL in errors and len(errors) > 1:
        rule.wrong("ErrorEquals", "'States.ALL' must appear alone in the ErrorEquals array")
    return tuple(errors)


def _check_order(fields: Fields, name: str, rules: list[tuple[str, ...]]) -> None:
    for index, errors in enumerate(rules[:-1]):
        if ALL in errors:
            fields.diagnostics.add(
                fields.at(f"{name}[{index}]/ErrorEquals"),
                f"'States.ALL' can only appear in the last element of {name}",
            )
