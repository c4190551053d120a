"""Carries out one plan: failover, failback, and the final state that is checked."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from localcloud.testing import Call, Execution

from tests.e2e.foreign_writes import ForeignWrites
from tests.resilience.actors import Operator, User
from tests.resilience.checker import FinalState
from tests.resilience.environment import Environment
from tests.resilience.faults import Action, FaultInjector
from tests.resilience.follow_up import FollowUp
from tests.resilience.plan import (
    FENCE_WAIT,
    Fault,
    File,
    Phase,
    Plan,
    Role,
    RunbookCancellation,
    SecondRunbook,
    When,
)
from tests.resilience.probe import Probe
from tests.resilience.s3_events import EventDelivery
from tests.resilience.table_watch import TableWatch
from tests.resilience.workload import Workload
from tools.harness.mails import Mail, links

FLIP_SECONDS = 800.0
_numbers = itertools.count()


@dataclass(frozen=True)
class Harness:
    """What all scenarios run in, and who acts in them."""

    environment: Environment
    probe: Probe
    events: EventDelivery
    user: User
    operator: Operator
    foreign_writes: ForeignWrites
    folder: Path


class Scenario:
    """Of one plan. ``injected`` says which of its faults occurred."""

    def __init__(self, harness: Harness, plan: Plan) -> None:
        """Make a tag that no other scenario of this process has."""
        self._harness = harness
        self._environment = harness.environment
        self._plan = plan
        self.tag = f"s{plan.seed}-{next(_numbers):06}"
        self._workload = Workload(plan, self.tag, harness.folder, harness.user, harness.environment)
        self.follow_up = FollowUp(harness.environment, harness.operator, self.tag)
        self._table = TableWatch(harness.environment, self.tag)
        self._injector: FaultInjector
        self.injected: list[str] = []

    def run(self) -> FinalState:
        cloud, plan = self._environment.cloud, self._plan
        cloud.objects.set_lag(plan.objects_lag)
        cloud.items.set_lag(plan.rows_lag)
        self._harness.events.serve(self._workload.file_of)
        first, second = self._environment.deployment.regions
        failover, failback = plan.phases
        try:
            self._run_phase(failover, {"active": first, "standby": second})
            self._run_phase(failback, {"active": second, "standby": first})
            return self._final_state()
        finally:
            self._harness.probe.listener = None
            self._injector.heal()

    def _run_phase(self, phase: Phase, regions: dict[Role, str]) -> None:
        standby, operator = regions["standby"], self._harness.operator
        operator.region = standby
        self._harness.events.begin_phase(regions["active"])
        runbook: dict[type[Fault], Action] = {
            RunbookCancellation: operator.cancel,
            SecondRunbook: operator.start,
        }
        cloud, flip = self._environment.cloud, threading.Event()
        numbers_of = self._workload.numbers_of
        delete = partial(self._workload.delete, regions["active"])
        self._injector = injector = FaultInjector(
            cloud, phase, regions, numbers_of, runbook, delete
        )
        injector.rows_may_differ = self._plan.rows_lag > FENCE_WAIT  # a claim may be unknown
        self._table.is_excused = lambda: injector.rows_may_differ
        self._table.dns_is_sound = lambda: injector.dns_is_sound
        if phase.flip:
            injector.on(phase.flip, flip.set)
        with ThreadPoolExecutor(4, thread_name_prefix="user") as pool:
            arrivals = _Arrivals(pool, lambda file: self._workload.upload(file, regions))
            for file in phase.files:
                if file.arrival:
                    injector.on(file.arrival, lambda file=file: arrivals.begin(file))  # type: ignore[misc]  # bound early
            self._harness.probe.listener = self
            arrivals.wait_for([file for file in phase.files if not file.arrival])
            cloud.settle(FLIP_SECONDS, until=flip)
            report = self._change_region(phase, regions)
            arrivals.wait_for(phase.files)  # and those whose moment never came
            self._harness.events.release()
        self.injected += injector.injected
        self.follow_up.until_quiet(standby, report, mails_may_be_cut=injector.mails_may_be_cut)

    def _change_region(self, phase: Phase, regions: dict[Role, str]) -> dict[str, Any]:
        """Return the report of the last pass."""
        operator, heal = self._harness.operator, self._injector.heal
        self._injector.break_arc_endpoints()
        report = operator.make_active(regions["standby"], heal)
        if phase.turns_back:
            operator.make_active(regions["active"], heal)
            report = operator.make_active(regions["standby"], heal)
        self._environment.wait_for_runs(regions["standby"])
        for execution in self._injector.wake_late():
            self._environment.wait_for_end(execution)
        heal()
        return report

    # What the probe tells

    def at_state(self, when: When, execution: Execution, state: str) -> None:
        self._injector.at_state(when, execution, state)

    def at_call(self, when: When, caller: str, action: str, call: Call) -> None:
        if action in ("dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"):
            self._table.at_call(when, caller, call)
        if (when, caller) == ("after", "failover") and "UpdateRoutingControlState" in action:
            self._table.activate(str(call.function).split(":")[3])
        self._injector.at_call(when, caller, action, call)

    # The end

    def _final_state(self) -> FinalState:
        environment, regions = self._environment, self._environment.deployment.regions
        mails = environment.mails(self.tag)
        return FinalState(
            uploads=self._workload.uploads,
            rows={region: environment.rows(region, self.tag) for region in regions},
            mails=mails,
            served=dict(self._served(mails)),
            failures=environment.failures(self.tag),
            running=tuple(run.arn for run in environment.runs("RUNNING")),
            unseen_claims=frozenset(self._table.unseen_claims),
            wrong_writes=(
                *self._table.begun_again,
                *self._table.mistimed_claims,
                *self._harness.foreign_writes.take(),
            ),
            closed_runs=frozenset(self.follow_up.closed_runs),
        )

    def _served(self, mails: list[Mail]) -> Iterator[tuple[tuple[str, str], bytes]]:
        for mail in mails:
            for url in links(mail):
                for region in self._environment.deployment.regions:
                    try:
                        yield (url, region), self._harness.user.fetch(url, region)
                    except OSError:
                        continue  # the checker misses it


class _Arrivals:
    """Each file arrives once, whoever asks for it first."""

    def __init__(self, pool: ThreadPoolExecutor, upload: Callable[[File], None]) -> None:
        self._pool = pool
        self._upload = upload
        self._uploads: dict[int, Future[None]] = {}
        self._lock = threading.Lock()

    def begin(self, file: File) -> Future[None]:
        with self._lock:
            if file.number not in self._uploads:
                self._uploads[file.number] = self._pool.submit(self._upload, file)
            return self._uploads[file.number]

    def wait_for(self, files: Iterable[File]) -> None:
        for upload in [self.begin(file) for file in files]:
            upload.result()
