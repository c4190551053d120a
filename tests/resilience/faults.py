"""Lets the faults of a phase occur, each at its moment, and heals them all afterwards."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping

from localcloud.testing import ARC_REGIONS, Call, Execution, LocalCloud

from tests.resilience.plan import (
    AtCall,
    AtState,
    ConnectionLoss,
    CutOff,
    DnsFault,
    ExecutionSleep,
    ExecutionStop,
    Fault,
    InputDeletion,
    LateExecution,
    Moment,
    Outage,
    Phase,
    Refusal,
    ReplicationPause,
    Role,
    RunbookCancellation,
    SecondRunbook,
    ServiceOutage,
    When,
)

# They work in the Region that takes over; all others in the one that is left.
CALLERS_IN_STANDBY = {"failover", "reconciler", "runbook"}
SLEEP_SECONDS = 14400.0
Action = Callable[[], object]


class FaultInjector:
    """``files_of`` tells the numbers of the files that have a key; ``runbook`` its two faults;
    ``delete`` does what a user does to the file with a key.
    """

    def __init__(
        self,
        cloud: LocalCloud,
        phase: Phase,
        regions: Mapping[Role, str],
        files_of: Callable[[str], set[int]],
        runbook: Mapping[type[Fault], Action],
        delete: Callable[[str, InputDeletion], None],
    ) -> None:
        self._cloud = cloud
        self._regions = regions
        self._files_of = files_of
        self._runbook = runbook
        self._delete = delete
        self._lock = threading.Lock()
        self._waiting: list[tuple[Moment, Fault | Action]] = [
            (injection.at, injection.fault) for injection in phase.injections
        ]
        self._calls: Counter[tuple[str, str, str]] = Counter()
        self._refusals: dict[tuple[str, str], tuple[Refusal, int]] = {}
        self._endpoints = phase.endpoints
        self._healed = threading.Event()
        self._awake = threading.Event()
        self._late: list[Execution] = []
        self._remedies: list[Action] = []
        self.injected: list[str] = []
        self.dns_is_sound = True
        self.rows_may_differ = False  # whether a row may not have come over, however long one waits
        self.mails_may_be_cut = False  # whether the emailer may have been cut off in its middle

    def on(self, at: Moment, action: Action) -> None:
        """Let something else happen at a moment."""
        with self._lock:
            self._waiting.append((at, action))

    def break_arc_endpoints(self) -> None:
        for place, mode in self._endpoints:
            self._cloud.faults.set_arc_endpoint(ARC_REGIONS[place], mode)  # type: ignore[arg-type]  # an EndpointMode

    def wake_late(self) -> list[Execution]:
        """Let the late executions go on, while the Regions still see nothing of one another."""
        self._awake.set()
        return self._late

    def heal(self) -> None:
        """Make everything sound again, and let nothing more occur."""
        with self._lock:
            self._waiting, self._refusals = [], {}
            remedies, self._remedies = self._remedies, []
        for remedy in remedies:
            remedy()
        for region in ARC_REGIONS:
            self._cloud.faults.set_arc_endpoint(region, "up")
        self._healed.set()
        self._awake.set()

    # What the probe tells

    def at_state(self, when: When, execution: Execution, state: str) -> None:
        if execution.region != self._regions["active"]:
            return
        numbers = self._files_of(_key_of(execution))

        def is_now(at: Moment) -> bool:
            if not isinstance(at, AtState):
                return False
            return (at.when, at.state) == (when, state) and at.file in numbers

        for at, fault in self._take(is_now):
            self._inject(at, fault, execution=execution)

    def at_call(self, when: When, caller: str, action: str, call: Call) -> None:
        role: Role = "standby" if caller in CALLERS_IN_STANDBY else "active"
        if caller != "failover" and call.region != self._regions[role]:
            return
        with self._lock:
            self._calls[when, caller, action] += 1
            now = AtCall(when, caller, action, self._calls[when, caller, action])
        for at, fault in self._take(lambda at: at == now):
            self._inject(at, fault, call=call, subject=(caller, action))
        if when == "before":
            self._refuse(call, (caller, action))

    # Faults

    def _take(self, is_now: Callable[[Moment], bool]) -> list[tuple[Moment, Fault | Action]]:
        with self._lock:
            due = [item for item in self._waiting if is_now(item[0])]
            self._waiting = [item for item in self._waiting if not is_now(item[0])]
        # What does not come back, sleeping or raising, comes last.
        last = (ExecutionSleep, LateExecution, ExecutionStop, ConnectionLoss)
        return sorted(due, key=lambda item: isinstance(item[1], last))

    def _inject(
        self,
        at: Moment,
        fault: Fault | Action,
        execution: Execution | None = None,
        call: Call | None = None,
        subject: tuple[str, str] = ("", ""),
    ) -> None:
        name = "an arrival or a start" if callable(fault) else str(fault)
        self.injected.append(f"{at}: {name}")
        if callable(fault):
            fault()
        elif isinstance(fault, Outage):
            self._begin_outage(fault)
        elif isinstance(fault, CutOff):
            self._cut_off(fault)
        elif isinstance(fault, ServiceOutage):
            self._cut_service(fault)
        elif isinstance(fault, DnsFault):
            self._break_dns(fault)
        elif isinstance(fault, ReplicationPause):
            self._pause(fault)
        elif isinstance(fault, LateExecution) and execution:
            self._pause(ReplicationPause("rows"))
            self._late.append(execution)
            self._awake.wait(SLEEP_SECONDS)
        elif isinstance(fault, InputDeletion) and execution:
            self._delete(_key_of(execution), fault)
        elif isinstance(fault, ExecutionSleep):
            self._healed.wait(SLEEP_SECONDS)
        elif isinstance(fault, ExecutionStop):
            self._stop(execution)
        elif isinstance(fault, Refusal):
            self._refusals[subject] = (fault, fault.times)
        elif isinstance(fault, ConnectionLoss) and call:
            call.cut()
        elif isinstance(fault, RunbookCancellation | SecondRunbook):
            self._runbook[type(fault)]()

    def _begin_outage(self, fault: Outage) -> None:
        faults, region = self._cloud.faults, self._regions[fault.role]
        self.rows_may_differ = self.mails_may_be_cut = True
        faults.outage(region)
        self._remedies.append(lambda: faults.recover(region))
        if fault.end:
            self.on(fault.end, lambda: faults.recover(region))

    def _cut_off(self, fault: CutOff) -> None:
        self.mails_may_be_cut = True
        active = self._regions["active"]
        cut = self._cloud.faults.cut(service=fault.service, functions_in=active)
        self._remedies.append(cut.remove)

    def _cut_service(self, fault: ServiceOutage) -> None:
        self.mails_may_be_cut = True
        region = self._regions[fault.role]
        cut = self._cloud.faults.cut(service=fault.service, region=region)
        self._remedies.append(cut.remove)

    def _break_dns(self, fault: DnsFault) -> None:
        self.rows_may_differ = True  # both Regions may take themselves for the active one
        self.dns_is_sound = False
        dns, region = self._cloud.dns, self._regions[fault.role]
        (dns.freeze if fault.kind == "stale" else dns.silence)(region)
        self._remedies.append(lambda: dns.mend(region))

    def _pause(self, fault: ReplicationPause) -> None:
        replication = self._cloud.objects if fault.kind == "objects" else self._cloud.items
        self.rows_may_differ = self.rows_may_differ or fault.kind == "rows"
        replication.pause()
        self._remedies.append(replication.resume)

    def _stop(self, execution: Execution | None) -> None:
        """Stop the Main Orchestrator's: its children, and Express executions, bear its name."""
        assert execution is not None
        name = execution.input["attempt_id"]
        for main in self._cloud.executions.find("RUNNING"):
            if main.name == name and main.state_machine.startswith("MainOrchestrator"):
                main.stop("Stopped", "by a fault")

    def _refuse(self, call: Call, subject: tuple[str, str]) -> None:
        with self._lock:
            refusal, remaining = self._refusals.get(subject, (None, 0))
            if refusal is None:
                return
            if remaining <= 1:
                del self._refusals[subject]
            else:
                self._refusals[subject] = (refusal, remaining - 1)
        call.refuse(refusal.code, "Refused by a fault.", refusal.status)


def _key_of(execution: Execution) -> str:
    """The key of the file that it is for: the Main Orchestrator's, its children's, a chunk's."""
    data = execution.input if isinstance(execution.input, dict) else {}
    return str(data.get("key") or data.get("file"))
