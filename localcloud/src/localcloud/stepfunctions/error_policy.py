"""Retry and Catch: which rule covers an error, and how long to wait before the next attempt."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from localcloud.stepfunctions.errors import ALL, StateError, covers
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.transition import Target, Transition, read_transition

_MAX_ATTEMPTS = 99_999_999
_LONGEST_DELAY = 31_622_400  # a year: "MaxDelaySeconds … less than 31622400"


@dataclass(frozen=True)
class Retrier:
    """One rule of Retry. Defaults are those of the Amazon States Language."""

    errors: tuple[str, ...]
    interval: float = 1.0
    backoff: float = 2.0
    max_attempts: int = 3
    max_delay: float | None = None
    has_jitter: bool = False

    def delay(self, retries: int, random_number: Callable[[], float]) -> float:
        """Seconds to wait after ``retries`` by this rule; FULL jitter takes a random part."""
        seconds = self.interval * self.backoff**retries
        if self.max_delay is not None:
            seconds = min(seconds, self.max_delay)
        return seconds * random_number() if self.has_jitter else seconds


@dataclass(frozen=True)
class Catcher:
    errors: tuple[str, ...]
    transition: Transition


@dataclass(frozen=True)
class ErrorPolicy:
    """The Retry and Catch of one state."""

    retriers: tuple[Retrier, ...] = ()
    catchers: tuple[Catcher, ...] = ()

    def catcher(self, error: StateError) -> Catcher | None:
        return next((rule for rule in self.catchers if covers(rule.errors, error.error)), None)


@dataclass
class RetryCounts:
    """Counts the retries within one frame: each rule has its own count."""

    policy: ErrorPolicy
    random_number: Callable[[], float] = random.random
    _retries: Counter[int] = field(default_factory=Counter)

    def delay(self, error: StateError) -> float | None:
        """Seconds before the next attempt, by the first rule that covers the error; None: stop."""
        for index, retrier in enumerate(self.policy.retriers):
            if covers(retrier.errors, error.error):
                retries = self._retries[index]
                if retries >= retrier.max_attempts:
                    return None
                self._retries[index] += 1
                return retrier.delay(retries, self.random_number)
        return None


# Names of errors that say that others use what was asked for. API Gateway answers 500 if Lambda
# throttles the function of a proxy integration.
_THROTTLING = ("TooManyRequests", "Throttl", "LimitExceeded", "ApiGateway.429", "ApiGateway.500")


def is_throttling(error: StateError) -> bool:
    """Whether a retry waits until other work has ended."""
    return any(name in (error.error or "") for name in _THROTTLING)


def read_error_policy(fields: Fields, targets: list[Target]) -> ErrorPolicy:
    retriers = tuple(_read_retrier(rule) for rule in fields.objects("Retry"))
    catchers = tuple(_read_catcher(rule, targets) for rule in fields.objects("Catch"))
    _check_order(fields, "Retry", retriers)
    _check_order(fields, "Catch", catchers)
    return ErrorPolicy(retriers, catchers)


def _read_catcher(rule: Fields, targets: list[Target]) -> Catcher:
    errors = _read_errors(rule)
    rule.require("Next")
    return Catcher(errors, read_transition(rule, targets))


def _read_retrier(rule: Fields) -> Retrier:
    errors = _read_errors(rule)
    interval = rule.integer("IntervalSeconds", 1, MAX_SECONDS, 1)
    max_delay = None
    if rule.has("MaxDelaySeconds"):
        max_delay = rule.integer("MaxDelaySeconds", 1, _LONGEST_DELAY, 1)
        if max_delay <= interval:
            rule.report("MaxDelaySeconds", "MaxDelaySeconds should be greater than IntervalSeconds")
    retrier = Retrier(
        errors,
        interval=float(interval),
        backoff=rule.number("BackoffRate", 1.0, 1e9, 2.0),
        max_attempts=rule.integer("MaxAttempts", 0, _MAX_ATTEMPTS, 3),
        max_delay=max_delay,
        has_jitter=rule.choice("JitterStrategy", ("FULL", "NONE"), "NONE") == "FULL",
    )
    rule.text("Comment")
    rule.report_unread()
    return retrier


def _read_errors(rule: Fields) -> tuple[str, ...]:
    if not rule.require("ErrorEquals"):
        return ()
    errors = rule.array("ErrorEquals")
    if not errors or not all(isinstance(error, str) for error in errors):
        rule.report_type("ErrorEquals", "a non-empty array of strings")
        return ()
    if ALL in errors and len(errors) > 1:
        rule.report("ErrorEquals", "'States.ALL' must appear alone in the ErrorEquals array")
    return tuple(errors)


def _check_order(fields: Fields, name: str, rules: Sequence[Retrier | Catcher]) -> None:
    message = f"'States.ALL' can only appear in the last element of {name}"
    for index, rule in enumerate(rules[:-1]):
        if ALL in rule.errors:
            fields.report(f"{name}[{index}]/ErrorEquals", message)
