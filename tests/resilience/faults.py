"""Carries out what an act has in store, each thing at its moment, and mends it all afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localcloud.arc import Arc
from localcloud.arc.model import CLUSTER_REGIONS
from localcloud.cloud import Cloud
from localcloud.dynamodb.replicas import Replicas
from localcloud.faults import Cut, Faults
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.identify import Call
from localcloud.s3.replication import Replication
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution

from tests.resilience.plan import (
    Act,
    Again,
    AtCall,
    AtState,
    Cancel,
    CutOff,
    Deed,
    Lose,
    Moment,
    Outage,
    Refuse,
    Role,
    Sleep,
    Stall,
    Stop,
    When,
)

# Who works in the Region that is left, and who in the one that takes over.
OF_THE_STANDBY = {"failover", "reconciler", "runbook"}
SLEEP_SECONDS = 120.0
Hook = Callable[[], object]


@dataclass(frozen=True)
class FunctionsOf:
    """A fault's condition: calls of the Region's functions to a service."""

    region: str
    service: str

    def covers(self, call: Call) -> bool:
        function = call.principal.function_arn or ""
        return call.service == self.service and f":lambda:{self.region}:" in function


class Strikes:
    """Of one act. ``files_of`` tells the numbers of the files that have a key."""

    def __init__(
        self,
        cloud: Cloud,
        act: Act,
        regions: Mapping[Role, str],
        files_of: Callable[[str], set[int]],
        runbook: Mapping[type[Deed], Hook],
    ) -> None:
        self._cloud = cloud
        self._regions = regions
        self._files_of = files_of
        self._runbook = runbook
        self._lock = threading.Lock()
        self._armed: list[tuple[Moment, Deed | Hook]] = [(one.at, one.deed) for one in act.strikes]
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._refusals: dict[tuple[str, str], tuple[Refuse, int]] = {}
        self._endpoints = act.endpoints
        self._awake = threading.Event()
        self._undo: list[Hook] = []
        self.struck: list[str] = []
        self.rows_apart = False  # whether a row may not have come over, however long one waited
        self.mails_hit = False  # whether the emailer may have been cut off in the middle of a mail

    def on(self, at: Moment, hook: Hook) -> None:
        """Something else that is to happen at a moment."""
        with self._lock:
            self._armed.append((at, hook))

    def cripple_arc(self) -> None:
        for place, mode in self._endpoints:
            self._cloud.get(Arc).set_endpoint(CLUSTER_REGIONS[place], mode)  # type: ignore[arg-type]  # a Mode

    def mend(self) -> None:
        """Everything is sound again, and nothing more strikes."""
        with self._lock:
            self._armed, self._refusals = [], {}
            undo, self._undo = self._undo, []
        for action in undo:
            action()
        for region in CLUSTER_REGIONS:
            self._cloud.get(Arc).set_endpoint(region, "up")
        self._awake.set()

    # What the tap tells

    def at_state(self, when: When, execution: Execution, state: str) -> None:
        if f":{self._regions['active']}:" not in execution.arn:
            return
        given = execution.input if isinstance(execution.input, dict) else {}
        numbers = self._files_of(str(given.get("key") or given.get("file")))
        for found in self._take(
            lambda at: (
                isinstance(at, AtState)
                and (at.when, at.state) == (when, state)
                and at.file in numbers
            )
        ):
            self._do(found, execution=execution)

    def at_call(self, when: When, caller: str, action: str, region: str, call: Call) -> None:  # noqa: ARG002 - the Listener interface
        where = "standby" if caller in OF_THE_STANDBY else "active"
        if caller != "failover" and region != self._regions[where]:  # type: ignore[index]  # a Role
            return
        with self._lock:
            self._seen[when, caller, action] += 1
            nth = self._seen[when, caller, action]
        for found in self._take(lambda at: at == AtCall(when, caller, action, nth)):
            self._do(found, about=(caller, action))
        if when == "before":
            self._refuse((caller, action))

    # Deeds

    def _take(self, fits: Callable[[Moment], bool]) -> list[tuple[Moment, Deed | Hook]]:
        with self._lock:
            found = [one for one in self._armed if fits(one[0])]
            self._armed = [one for one in self._armed if not fits(one[0])]
        # What does not come back, sleeping or raising, comes last.
        return sorted(found, key=lambda one: isinstance(one[1], Sleep | Stop | Lose))

    def _do(
        self,
        what: tuple[Moment, Deed | Hook],
        execution: Execution | None = None,
        about: tuple[str, str] = ("", ""),
    ) -> None:
        at, deed = what
        self.struck.append(f"{deed} {at}" if not callable(deed) else f"arrival or start {at}")
        if callable(deed):
            deed()
        elif isinstance(deed, Outage):
            self._outage(deed)
        elif isinstance(deed, CutOff):
            self._cut_off(deed)
        elif isinstance(deed, Stall):
            self._stall(deed)
        elif isinstance(deed, Sleep):
            self._awake.wait(SLEEP_SECONDS)
        elif isinstance(deed, Stop):
            self._stop(execution)
        elif isinstance(deed, Refuse):
            self._refusals[about] = (deed, deed.times)
        elif isinstance(deed, Lose):
            raise ConnectionCut("a strike")
        elif isinstance(deed, Cancel | Again):
            self._runbook[type(deed)]()

    def _outage(self, deed: Outage) -> None:
        faults, region = self._cloud.get(Faults), self._regions[deed.role]
        self.rows_apart = self.mails_hit = True
        faults.outage(region)
        self._undo.append(lambda: faults.recover(region))
        if deed.back:
            self.on(deed.back, lambda: faults.recover(region))

    def _cut_off(self, deed: CutOff) -> None:
        self.mails_hit = True
        faults = self._cloud.get(Faults)
        rule = faults.add(FunctionsOf(self._regions["active"], deed.service), Cut())
        self._undo.append(lambda: faults.remove(rule))

    def _stall(self, deed: Stall) -> None:
        find = self._cloud.get
        replication = find(Replication) if deed.what == "objects" else find(Replicas)
        self.rows_apart = self.rows_apart or deed.what == "rows"
        replication.pause()
        self._undo.append(replication.resume)

    def _stop(self, execution: Execution | None) -> None:
        """The Main Orchestrator's: its children, and Express executions, name it in their input."""
        assert execution is not None
        given = execution.input
        name = given.get("attempt_id") or given["run_id"]
        engine = self._cloud.get(Engine)
        for main in engine.store.running():
            if main.name == name and main.machine.name.startswith("MainOrchestrator"):
                main.stop("Stopped", "by a strike")

    def _refuse(self, about: tuple[str, str]) -> None:
        with self._lock:
            refusal, left = self._refusals.get(about, (None, 0))
            if refusal is None:
                return
            if left <= 1:
                del self._refusals[about]
            else:
                self._refusals[about] = (refusal, left - 1)
        raise ApiError(refusal.code, "Refused by a strike.", refusal.status)
