"""The faults that are on, and the check that applies them."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from localcloud.clock import Clock
from localcloud.faults.effects import Effect
from localcloud.faults.outages import Outages
from localcloud.faults.where import subnet_of
from localcloud.gateway.identify import Call


class Condition(Protocol):
    def covers(self, call: Call) -> bool: ...


@dataclass(frozen=True)
class Match:
    """Calls by what they are; None matches any.

    ``region``: where the call goes. ``service``: botocore's name. ``subnet``: where it comes from.
    ``principal``: the ARN of a role, a role session, a user or a function. ``operation``: a name or
    a pattern such as ``Put*``.
    """

    region: str | None = None
    service: str | None = None
    subnet: str | None = None
    principal: str | None = None
    operation: str | None = None

    def covers(self, call: Call) -> bool:
        who = call.principal
        return (
            self.region in (None, call.region)
            and self.service in (None, call.service)
            and (self.operation is None or fnmatchcase(call.name, self.operation))
            and self.principal in (None, who.arn, who.role_arn, who.function_arn)
            and (self.subnet is None or self.subnet == subnet_of(call))
        )

    def __str__(self) -> str:
        given = {name: value for name, value in vars(self).items() if value is not None}
        return " ".join(f"{name}={value}" for name, value in given.items()) or "every call"


@dataclass(frozen=True)
class Rule:
    id: str
    condition: Condition
    effect: Effect


class Faults:
    """Rules apply in the order in which they were added; a delay lets the next ones have a say."""

    def __init__(self, clock: Clock, outages: Outages) -> None:
        self._clock = clock
        self._outages = outages
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._rules: tuple[Rule, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self._rules

    def add(self, condition: Condition, effect: Effect) -> str:
        """Switch a fault on; its id switches it off again."""
        with self._lock:
            rule = Rule(f"fault-{next(self._ids)}", condition, effect)
            self._rules = (*self._rules, rule)
        return rule.id

    def remove(self, rule_id: str) -> bool:
        """False if there is none of this id."""
        with self._lock:
            left = tuple(rule for rule in self._rules if rule.id != rule_id)
            found = len(left) < len(self._rules)
            self._rules = left
        return found

    def outage(self, region: str) -> None:
        """The whole Region fails: see ``Outages``. Twice is once."""
        self._outages.begin(region)

    def recover(self, region: str) -> None:
        """End the outage of the Region; without effect if there is none."""
        self._outages.end(region)

    @property
    def regions_out(self) -> frozenset[str]:
        return self._outages.regions

    def check(self, call: Call) -> None:
        self._outages.check(call)
        for rule in self._rules:
            if rule.condition.covers(call):
                rule.effect.apply(call, self._clock)
