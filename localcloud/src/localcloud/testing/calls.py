"""API calls: which were made, and what happens just before and after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, NoReturn, TypedDict, Unpack

from localcloud.cloud import Cloud
from localcloud.faults import Match
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call as GatewayCall
from localcloud.testing.hold import Hold


class CallFilter(TypedDict, total=False):
    """Which calls are meant: those that fit all that is given."""

    service: str  # botocore's name
    operation: str  # a name, or a pattern such as Put*
    region: str  # where the call goes
    principal: str  # the ARN of a role, a role session, a user or a function
    subnet: str  # which the call leaves
    function: str  # the name of the function that calls, or a pattern
    functions_in: str  # the Region whose functions call


class RecordedCall(NamedTuple):
    """A line of the ledger: ``outcome`` is ``ok`` or the error code, ``time`` an epoch."""

    time: float
    region: str
    principal: str
    action: str
    resource: str
    outcome: str
    status: int


class Call:
    """A call that is being made."""

    def __init__(self, call: GatewayCall) -> None:
        self._call = call
        self.service = call.service
        self.operation = call.name
        self.action = call.action  # service:Operation
        self.region = call.region
        self.principal = call.principal.arn
        self.role = call.principal.role_arn
        self.function = call.principal.function_arn  # the function that calls, if one does

    @property
    def params(self) -> dict[str, Any]:
        """The operation's input, as botocore's model names it."""
        return self._call.params

    def refuse(self, code: str, message: str, status: int = 400) -> NoReturn:
        """Answer with an error; only before the call."""
        raise ApiError(code, message, status)

    def cut(self) -> NoReturn:
        """Break the connection: before the call its request is lost, after it its reply."""
        raise ConnectionCut("cut by a test")


CallHook = Callable[[Call], None]


class Matcher:
    """A filter, as a condition of the cloud's faults."""

    def __init__(self, filters: CallFilter) -> None:
        self._filters = filters
        own = ("function", "functions_in")
        self._match = Match(**{name: value for name, value in filters.items() if name not in own})  # type: ignore[arg-type]  # all are texts
        self._function = filters.get("function")
        self._functions_in = filters.get("functions_in")

    def covers(self, call: GatewayCall) -> bool:
        return self._match.covers(call) and self._covers_function(call.principal.function_arn)

    def _covers_function(self, arn: str | None) -> bool:
        if self._function is None and self._functions_in is None:
            return True
        if arn is None:
            return False
        region, name = arn.split(":")[3], arn.split(":")[6]
        return self._functions_in in (None, region) and fnmatchcase(name, self._function or "*")

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self._filters.items()) or "every call"


class Calls:
    """``cloud.calls``."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._gateway = cloud.gateway

    def recorded(self) -> list[RecordedCall]:
        """The latest 20,000 calls, oldest first."""
        return [RecordedCall(*astuple(entry)) for entry in self._cloud.ledger.entries()]

    def outcomes(self) -> Counter[tuple[str, str]]:
        """How often each (action, outcome) occurred so far."""
        return Counter(self._cloud.ledger.counts)

    @contextmanager
    def observe(self, services: Iterable[str], before: CallHook, after: CallHook) -> Iterator[None]:
        """Call the hooks on the call's own thread, ``after`` if it has succeeded.

        A hook may block, and may end the call with ``call.refuse`` or ``call.cut``.
        """
        observed = frozenset(services)

        def judge(call: GatewayCall) -> None:
            if call.service in observed:
                before(Call(call))

        def watcher(call: GatewayCall, _: Response) -> None:
            after(Call(call))

        self._gateway.checks.append(judge)
        for service in observed:
            self._gateway.watch(service, watcher)
        try:
            yield
        finally:
            self._gateway.checks.remove(judge)
            for service in observed:
                self._gateway._watchers[service].remove(watcher)

    @contextmanager
    def hold(self, limit: float = 300.0, **filters: Unpack[CallFilter]) -> Iterator[Hold[Call]]:
        """Keep such calls back before they are made; they go on at the end."""
        matcher = Matcher(filters)
        hold: Hold[Call] = Hold(f"a call with {matcher}", limit)

        def judge(call: GatewayCall) -> None:
            if matcher.covers(call):
                hold.keep(Call(call))

        self._gateway.checks.append(judge)
        try:
            yield hold
        finally:
            hold.release()
            self._gateway.checks.remove(judge)

    @contextmanager
    def answer(self, output: dict[str, Any], **filters: Unpack[CallFilter]) -> Iterator[None]:
        """Answer such calls with these members of the operation's output; ``service`` is needed."""
        matcher, handlers = Matcher(filters), self._gateway._handlers[filters["service"]]

        def handler(call: GatewayCall) -> Response | None:
            return serialize(call, output) if matcher.covers(call) else None

        handlers.insert(0, handler)
        try:
            yield
        finally:
            handlers.remove(handler)
