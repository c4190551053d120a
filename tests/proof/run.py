"""Plays one plan on the deployed system, mends everything, and has the judge look at the end."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.expected import calculate
from demo.shell import ROOT
from localcloud.clock import ScaledClock
from localcloud.dynamodb.replicas import Replicas
from localcloud.gateway.identify import Call
from localcloud.s3.replication import Replication
from localcloud.stepfunctions.execution import Execution
from tests.e2e.system import System
from tests.proof.contents import contents
from tests.proof.events import Messenger
from tests.proof.judge import End, Upload, complaints, is_result, links, mailed_twice, run_of
from tests.proof.people import Operator, User
from tests.proof.plan import Act, Again, Cancel, Deed, File, Plan, Role, When
from tests.proof.scene import Scene, get
from tests.proof.strikes import Hook, Strikes
from tests.proof.tap import Tap

TIME_SCALE = 0.01
FLIP_SECONDS = 8.0
FENCE_SECONDS = 120.0
FOLLOW_UPS = 3
OURS_ALONE = ("InternalFailure", "LocalCloudNotEmulated")


@dataclass
class Verdict:
    plan: Plan
    seconds: float
    complaints: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    twice: int = 0
    uncertain: int = 0
    notices: int = 0


class Proof:
    """One deployed system, on which plans are played one after the other."""

    def __init__(self, system: System, folder: Path) -> None:
        self.system = system
        self.folder = folder
        self.cloud = system.cloud
        self.scene = Scene(system.cloud, system.deployment)
        self.tap = Tap(system.cloud)
        self.messenger = Messenger(system.cloud)
        self.user = User(system.cloud, system.mrap_arn)
        self.operator = Operator(system.cloud)

    @contextmanager
    def quick(self) -> Iterator[None]:
        """Small chunks, and a clock that makes the runbook take seconds.

        The reconciler's grace is the one wait that a function measures itself, by real time.
        """
        clock = self.cloud.clock
        assert isinstance(clock, ScaledClock)
        before = clock.scale
        settings = {"splitter": ("CHUNK_RECORDS", "10"), "reconciler": ("GRACE_SECONDS", "1")}
        for function, (name, value) in settings.items():
            for region in self.system.deployment.regions:
                self._set(function, region, name, value)
        self._leave_the_sandbox()
        clock.scale = TIME_SCALE
        try:
            yield
        finally:
            clock.scale = before

    def play(self, plan: Plan) -> Verdict:
        began = time.monotonic()
        verdict = Verdict(plan, 0.0)
        play = _Play(self, plan, verdict)
        try:
            verdict.complaints += play.run()
        except Exception as error:
            verdict.complaints.append(f"{type(error).__name__}: {error}")
        verdict.seconds = time.monotonic() - began
        return verdict

    def _leave_the_sandbox(self) -> None:
        """Inside it SES takes 200 mails a day, which are fewer than many seeds need."""
        for region in self.system.deployment.regions:
            self.cloud.clients.client("sesv2", region).put_account_details(
                MailType="TRANSACTIONAL",
                WebsiteURL="https://example.com",
                ProductionAccessEnabled=True,
            )

    def _set(self, function: str, region: str, name: str, value: str) -> None:
        client = self.cloud.clients.client("lambda", region)
        full = f"batch-{function}{self.system.deployment.env}"
        known = client.get_function_configuration(FunctionName=full)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=full, Environment={"Variables": {**known, name: value}}
        )


class _Play:
    def __init__(self, proof: Proof, plan: Plan, verdict: Verdict) -> None:
        self._proof = proof
        self._plan = plan
        self._verdict = verdict
        self._scene = proof.scene
        self._tag = f"s{plan.seed}-{secrets.token_hex(3)}"
        self._files = {file.number: file for act in plan.acts for file in act.files}
        self._names = {n: self._name(file) for n, file in self._files.items()}
        self._uploads: list[Upload] = []
        self._unseen: set[str] = set()
        self._uncertain: set[str] = set()
        self._needless: list[str] = []
        self._rung: set[str] = set()
        self._strikes: Strikes
        self._regions: dict[Role, str] = {}
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="user")

    def run(self) -> list[str]:
        cloud, proof = self._proof.cloud, self._proof
        cloud.get(Replication).set_lag(self._plan.objects_lag)
        cloud.get(Replicas).set_lag(self._plan.rows_lag)
        proof.messenger.file_of = self._file_of
        defects = self._defects()
        first, second = self._scene.deployment.regions
        try:
            self._act(self._plan.acts[0], {"active": first, "standby": second})
            self._act(self._plan.acts[1], {"active": second, "standby": first})
            end = self._end()
            found = complaints(end)
            self._verdict.twice = len(mailed_twice(end))
            self._verdict.notices = sum(not is_result(mail) for mail in end.mails)
        finally:
            proof.tap.listener = None
            self._strikes.mend()
            self._pool.shutdown()
        found += self._needless
        found += [f"the local cloud: {what}, {n} times" for what, n in self._defects(defects)]
        if not found:
            self._scene.forget(self._tag)
        return found

    # One act

    def _act(self, act: Act, regions: dict[Role, str]) -> None:
        proof, standby = self._proof, regions["standby"]
        self._regions = regions
        proof.operator.region = standby
        proof.messenger.active = regions["active"]
        operator = proof.operator
        runbook: dict[type[Deed], Hook] = {Cancel: operator.cancel, Again: operator.start}
        self._strikes = Strikes(proof.cloud, act, regions, self._numbers_of, runbook)
        flip, arrived = threading.Event(), dict[int, Future[None]]()

        def arrive(file: File) -> None:
            if file.number not in arrived:
                arrived[file.number] = self._pool.submit(self._upload, file)

        for file in act.files:
            if file.arrives:
                self._strikes.on(file.arrives, lambda file=file: arrive(file))  # type: ignore[misc]  # bound early
        if act.flip:
            self._strikes.on(act.flip, flip.set)
        proof.tap.listener = self
        for file in act.files:
            if not file.arrives:
                arrive(file)
        for upload in list(arrived.values()):
            upload.result()
        self._scene.rest(FLIP_SECONDS, flip.is_set)
        self._strikes.cripple_arc()
        report = proof.operator.make_active(standby, self._strikes.mend)
        if act.turns_back:
            proof.operator.make_active(regions["active"], self._strikes.mend)
            report = proof.operator.make_active(standby, self._strikes.mend)
        self._strikes.mend()
        proof.messenger.release()
        for file in act.files:
            arrive(file)  # whose moment never came
        for upload in arrived.values():
            upload.result()
        self._verdict.struck += self._strikes.struck
        self._follow_up(standby, report)

    def _follow_up(self, region: str, report: dict[str, Any]) -> None:
        """What the operator does whom an alarm or a report has told that something is left."""
        for _ in range(FOLLOW_UPS):
            if not self._scene.rest():
                raise AssertionError(f"not at rest: {self._scene.what_moves()}")
            self._decide_uncertain(region, report)
            if not self._must_run_again(region, report):
                return
            report = self._proof.operator.make_active(region, lambda: None)
        if not self._scene.rest():
            raise AssertionError(f"not at rest: {self._scene.what_moves()}")

    def _must_run_again(self, region: str, report: dict[str, Any]) -> bool:
        rung = {
            run.arn: run.input["run_id"]
            for run in self._scene.runs("FAILED", "ABORTED", "TIMED_OUT")
            if self._tag in run.input["key"] and f":{region}:" in run.arn
        }
        new = rung.keys() - self._rung
        self._rung |= new
        for arn in new:
            self._reopen(rung[arn], region)
        letters = sum(self._scene.dead_letters(each) for each in self._scene.deployment.regions)
        left = report["missing"] + report["uncertain"] + report["errors"]
        return bool(left or letters or new)

    def _reopen(self, run_id: str, region: str) -> None:
        """A run that failed here is begun again when its row says STARTED."""
        row = self._scene.row_in(region, run_id) or {}
        certain = row.get("error") != "MailUnconfirmed"
        if (row.get("status"), row.get("region")) == ("FAILED", region) and certain:
            self._scene.change_row(run_id, region, "SET #status = :status", status="STARTED")

    def _decide_uncertain(self, region: str, report: dict[str, Any]) -> None:
        for row in self._scene.rows(region, self._tag):
            told = report["uncertain"] or row.get("error") == "MailUnconfirmed"
            if "mail_claimed_at" not in row or "mail_message_id" in row or not told:
                continue
            if row["status"] == "SUPERSEDED":
                continue
            run_id = row["run_id"]
            self._verdict.uncertain += 1
            if not self._strikes.mails_hit:
                self._needless.append(f"{row['key']}: its mail is uncertain, and nothing hit it")
            mails = self._scene.mails(self._tag)
            if any(run_of(mail) == run_id and is_result(mail) for mail in mails):
                self._uncertain.add(run_id)
                self._scene.change_row(run_id, region, "SET #status = :status", status="SUPERSEDED")
            else:
                update = "SET #status = :status REMOVE mail_claimed_at"
                self._scene.change_row(run_id, region, update, status="STARTED")
                report["uncertain"] += 1

    # What the tap tells

    def at_state(self, when: When, execution: Execution, state: str) -> None:
        self._strikes.at_state(when, execution, state)

    def at_call(self, when: When, caller: str, action: str, region: str, call: Call) -> None:
        if (when, caller, action) == ("before", "runbook", "lambda:reconciler"):
            self._fence(region)
        if when == "after" and caller == "reconciler" and action in _TAKES_OVER:
            self._look_behind(region, call)
        self._strikes.at_call(when, caller, action, region, call)

    def _fence(self, region: str) -> None:
        """The work of functions is not scaled, the runbook's wait is: see that it still outlasts
        a publish that began before the flip, and its row's way here.
        """
        if self._proof.tap.nobody_mails_in(self._other(region), FENCE_SECONDS):
            self._proof.cloud.clock.sleep(60.0)

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

    # Files

    def _name(self, file: File) -> str:
        number = file.of_name or file.number
        while (earlier := self._files[number].of_name) is not None:
            number = earlier
        return f"input/{self._tag}-file-{number}.csv"

    def _numbers_of(self, key: str) -> set[int]:
        return {number for number, name in self._names.items() if name == key}

    def _file_of(self, key: str) -> File | None:
        return self._files.get(min(self._numbers_of(key), default=0))

    def _upload(self, file: File) -> None:
        data = contents(self._plan.seed, file)
        path = self._proof.folder / f"{self._tag}-{file.number}.csv"
        path.write_bytes(data)
        expected = calculate(path, ROOT / "assets" / "financial-data.csv")
        region, key = self._regions[file.lands], self._names[file.number]
        version = self._proof.user.upload(key, data, region, self._other(region))
        self._uploads.append(Upload(file.number, key, version, expected))

    # The end

    def _end(self) -> End:
        regions = self._scene.deployment.regions
        mails = self._scene.mails(self._tag)
        return End(
            uploads=tuple(self._uploads),
            rows={region: self._scene.rows(region, self._tag) for region in regions},
            mails=mails,
            served=dict(self._served(mails)),
            failures=self._scene.failures(self._tag),
            running=tuple(run.arn for run in self._scene.runs("RUNNING")),
            unseen=frozenset(self._unseen),
            uncertain=frozenset(self._uncertain),
        )

    def _served(self, mails: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], bytes]]:
        for mail in mails:
            for url in links(mail):
                for region in self._scene.deployment.regions:
                    try:
                        yield (url, region), self._proof.user.fetch(url, region, get)
                    except OSError:
                        continue  # the judge misses it

    def _defects(self, before: list[tuple[str, int]] | None = None) -> list[tuple[str, int]]:
        counts = self._proof.cloud.ledger.counts
        now = [(f"{a} {o}", n) for (a, o), n in counts.items() if o in OURS_ALONE]
        return list((Counter(dict(now)) - Counter(dict(before or []))).items())


_TAKES_OVER = ("dynamodb:UpdateItem", "dynamodb:PutItem")
