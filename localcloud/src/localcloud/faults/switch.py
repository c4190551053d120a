"""The faults that are on, and the check of calls that applies them."""

import itertools
import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from localcloud.clock import Clock
from localcloud.faults.effects import Effect
from localcloud.faults.names import check_call, check_region
from localcloud.faults.origin import subnet_of
from localcloud.faults.outages import Outages
from localcloud.gateway.identify import Call


class Condition(Protocol):
    def covers(self, call: Call) -> bool: ...


@dataclass(frozen=True)
class Match:
    """Calls by what they are; None matches any.

    ``region``: where the call goes. ``service``: botocore's name. ``subnet``: where it comes from.
    ``principal``: the ARN of a role, a role session, a user or a function. ``operation``: a name or
    a pattern such as ``Put*``. Raises ValueError for a Region, service or operation that does not
    exist.
    """

    region: str | None = None
    service: str | None = None
    subnet: str | None = None
    principal: str | None = None
    operation: str | None = None

    def __post_init__(self) -> None:
        if self.region is not None:
            check_region(self.region)
        check_call(self.service, self.operation)

    def covers(self, call: Call) -> bool:
        principal = call.principal
        return (
            self.region in (None, call.region)
            and self.service in (None, call.service)
            and (self.operation is None or fnmatchcase(call.name, self.operation))
            and self.principal in (None, principal.arn, principal.role_arn, principal.function_arn)
            and (self.subnet is None or self.subnet == subnet_of(call))
        )

    def __str__(self) -> str:
        filters = [f"{name}={value}" for name, value in vars(self).items() if value is not None]
        return " ".join(filters) or "every call"


@dataclass(frozen=True)
class Rule:
    id: str
    condition: Condition
    effect: Effect


class Faults:
    """Rules apply in the order in which they were added; after a delay the next ones do, too."""

    def __init__(self, clock: Clock, outages: Outages) -> None:
        self.outages = outages
        self.rules: tuple[Rule, ...] = ()
        self._clock = clock
        self._lock = threading.Lock()
        self._ids = itertools.count(1)

    def add(self, condition: Condition, effect: Effect) -> str:
        """Switch a fault on. Returns the id that switches it off."""
        with self._lock:
            rule = Rule(f"fault-{next(self._ids)}", condition, effect)
            self.rules = (*self.rules, rule)
        return rule.id

    def remove(self, rule_id: str) -> bool:
        """False if there is none of this id."""
        with self._lock:
            before = len(self.rules)
            self.rules = tuple(rule for rule in self.rules if rule.id != rule_id)
            return len(self.rules) < before

    def check(self, call: Call) -> None:
        self.outages.check(call)
        for rule in self.rules:
            if rule.condition.covers(call):
                rule.effect.apply(call, self._clock)
