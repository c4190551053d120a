"""Plays one plan: failover, failback, and the end that the judge looks at."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.dynamodb.replicas import Replicas
from localcloud.gateway.identify import Call
from localcloud.s3.replication import Replication
from localcloud.stepfunctions.execution import Execution

from tests.resilience.actors import Operator, User
from tests.resilience.checker import End, links
from tests.resilience.environment import Scene, get
from tests.resilience.events import Messenger
from tests.resilience.faults import Hook, Strikes
from tests.resilience.files import Files
from tests.resilience.follow_up import FollowUp
from tests.resilience.plan import FENCE_WAIT, Act, Again, Cancel, Deed, File, Plan, Role, When
from tests.resilience.probe import Tap

FLIP_SECONDS = 8.0
FENCE_SECONDS = 120.0
_TAKES_OVER = ("dynamodb:UpdateItem", "dynamodb:PutItem")


@dataclass(frozen=True)
class Stage:
    """What all plays are played on, and by whom."""

    scene: Scene
    tap: Tap
    messenger: Messenger
    user: User
    operator: Operator
    folder: Path


class Play:
    """Of one plan. ``struck`` says what of it came about."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self._stage = stage
        self._scene = stage.scene
        self._plan = plan
        self.tag = f"s{plan.seed}-{secrets.token_hex(3)}"
        self._files = Files(plan, self.tag, stage.folder, stage.user)
        self.follow_up = FollowUp(stage.scene, stage.operator, self.tag)
        self._unseen: set[str] = set()
        self._strikes: Strikes
        self.struck: list[str] = []

    def run(self) -> End:
        cloud, plan = self._scene.cloud, self._plan
        cloud.get(Replication).set_lag(plan.objects_lag)
        cloud.get(Replicas).set_lag(plan.rows_lag)
        self._stage.messenger.serve(self._files.of_key)
        first, second = self._scene.deployment.regions
        try:
            self._act(plan.acts[0], {"active": first, "standby": second})
            self._act(plan.acts[1], {"active": second, "standby": first})
            return self._end()
        finally:
            self._stage.tap.listener = None
            self._strikes.mend()

    def _act(self, act: Act, regions: dict[Role, str]) -> None:
        standby, operator = regions["standby"], self._stage.operator
        operator.region = standby
        self._stage.messenger.active = regions["active"]
        runbook: dict[type[Deed], Hook] = {Cancel: operator.cancel, Again: operator.start}
        cloud, flip = self._scene.cloud, threading.Event()
        self._strikes = Strikes(cloud, act, regions, self._files.numbers_of, runbook)
        self._strikes.rows_apart = self._plan.rows_lag > FENCE_WAIT  # a claim may be unknown
        if act.flip:
            self._strikes.on(act.flip, flip.set)
        with ThreadPoolExecutor(4, thread_name_prefix="user") as pool:
            arrivals = _Arrivals(pool, lambda file: self._files.upload(file, regions))
            for file in act.files:
                if file.arrives:
                    self._strikes.on(file.arrives, lambda file=file: arrivals.begin(file))  # type: ignore[misc]  # bound early
            self._stage.tap.listener = self
            arrivals.wait_for([file for file in act.files if not file.arrives])
            self._scene.rest(FLIP_SECONDS, flip.is_set)
            report = self._change_region(act, regions)
            arrivals.wait_for(act.files)  # and those whose moment never came
        self.struck += self._strikes.struck
        self.follow_up.until_quiet(standby, report, mails_hit=self._strikes.mails_hit)

    def _change_region(self, act: Act, regions: dict[Role, str]) -> dict[str, Any]:
        """The report of the last pass."""
        operator, mend = self._stage.operator, self._strikes.mend
        self._strikes.cripple_arc()
        report = operator.make_active(regions["standby"], mend)
        if act.turns_back:
            operator.make_active(regions["active"], mend)
            report = operator.make_active(regions["standby"], mend)
        mend()
        self._stage.messenger.release()
        return report

    # What the tap tells

    def at_state(self, when: When, execution: Execution, state: str) -> None:
        self._strikes.at_state(when, execution, state)

    def at_call(self, when: When, caller: str, action: str, region: str, call: Call) -> None:
        if (when, caller, action) == ("before", "runbook", "lambda:reconciler"):
            self._fence(region)
        if when == "after" and caller in ("reconciler", "trigger") and action in _TAKES_OVER:
            self._look_behind(region, call)
        self._strikes.at_call(when, caller, action, region, call)

    def _fence(self, region: str) -> None:
        """The work of functions is not scaled, the runbook's wait is: see that it still outlasts
        a start or a publish that began before the flip, and its row's way here.
        """
        if self._stage.tap.nobody_decides_in(self._other(region), FENCE_SECONDS):
            self._scene.cloud.clock.sleep(60.0)

    def _look_behind(self, region: str, call: Call) -> None:
        """Whether the other Region has claimed the mail of a result, and this one could not know,
        because a strike kept the rows of the two apart.
        """
        given = call.params.get("Key") or call.params["Item"]
        run_id = given["run_id"]["S"]
        other = self._scene.row_in(self._other(region), run_id) or {}
        unsure = "mail_claimed_at" in other and "mail_message_id" not in other
        if self._strikes.rows_apart and (unsure or other.get("status") == "COMPLETED"):
            self._unseen.add(run_id)

    def _other(self, region: str) -> str:
        return next(each for each in self._scene.deployment.regions if each != region)

    # The end

    def _end(self) -> End:
        scene, regions = self._scene, self._scene.deployment.regions
        mails = scene.mails(self.tag)
        return End(
            uploads=tuple(self._files.uploads),
            rows={region: scene.rows(region, self.tag) for region in regions},
            mails=mails,
            served=dict(self._served(mails)),
            failures=scene.failures(self.tag),
            running=tuple(run.arn for run in scene.runs("RUNNING")),
            unseen=frozenset(self._unseen),
            uncertain=frozenset(self.follow_up.closed),
        )

    def _served(self, mails: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], bytes]]:
        for mail in mails:
            for url in links(mail):
                for region in self._scene.deployment.regions:
                    try:
                        yield (url, region), self._stage.user.fetch(url, region, get)
                    except OSError:
                        continue  # the judge misses it


class _Arrivals:
    """Each file arrives once, whoever asks for it first."""

    def __init__(self, pool: ThreadPoolExecutor, upload: Callable[[File], None]) -> None:
        self._pool = pool
        self._upload = upload
        self._begun: dict[int, Future[None]] = {}
        self._lock = threading.Lock()

    def begin(self, file: File) -> Future[None]:
        with self._lock:
            if file.number not in self._begun:
                self._begun[file.number] = self._pool.submit(self._upload, file)
            return self._begun[file.number]

    def wait_for(self, files: Iterable[File]) -> None:
        for upload in [self.begin(file) for file in files]:
            upload.result()
