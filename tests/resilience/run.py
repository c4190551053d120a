"""One deployed system, made quick, on which plans are played and judged one after the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.clock import ScaledClock

from tests.e2e.system import System
from tests.resilience.actors import Operator, User
from tests.resilience.checker import complaints, is_result, mailed_twice
from tests.resilience.environment import Scene
from tests.resilience.events import Messenger
from tests.resilience.plan import Plan
from tests.resilience.probe import Tap
from tests.resilience.scenario import Play, Stage

TIME_SCALE = 0.01
# What functions measure themselves, by real time; and chunks so small that a file has several.
SETTINGS = {
    "splitter": ("CHUNK_RECORDS", "10"),
    "reconciler": ("GRACE_SECONDS", "1"),
    "trigger": ("LATE_SECONDS", "1"),
}
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
    def __init__(self, system: System, folder: Path) -> None:
        self.system = system
        self.cloud = cloud = system.cloud
        self.stage = Stage(
            Scene(cloud, system.deployment),
            Tap(cloud),
            Messenger(cloud),
            User(cloud, system.mrap_arn),
            Operator(cloud),
            folder,
        )

    @contextmanager
    def quick(self) -> Iterator[None]:
        """A clock that makes the runbook take seconds, and functions that keep up with it."""
        clock = self.cloud.clock
        assert isinstance(clock, ScaledClock)
        before = clock.scale
        for function, (name, value) in SETTINGS.items():
            for region in self.system.deployment.regions:
                self._set(function, region, name, value)
        self._leave_the_sandbox()
        clock.scale = TIME_SCALE
        try:
            yield
        finally:
            clock.scale = before

    def play(self, plan: Plan) -> Verdict:
        began, defects = time.monotonic(), self._defects()
        verdict = Verdict(plan, 0.0)
        try:
            self._play(plan, verdict)
        except Exception as error:
            verdict.complaints.append(f"{type(error).__name__}: {error}")
        new = (self._defects() - defects).items()
        verdict.complaints += [f"the local cloud: {what}, {n} times" for what, n in new]
        verdict.seconds = time.monotonic() - began
        return verdict

    def _play(self, plan: Plan, verdict: Verdict) -> None:
        play = Play(self.stage, plan)
        try:
            end = play.run()
        finally:
            verdict.struck = play.struck
            verdict.uncertain = play.follow_up.decided
        verdict.complaints += complaints(end) + play.follow_up.needless
        verdict.twice = len(mailed_twice(end))
        verdict.notices = sum(not is_result(mail) for mail in end.mails)
        if not verdict.complaints:
            self.stage.scene.forget(play.tag)

    def _defects(self) -> Counter[str]:
        counts = self.cloud.ledger.counts
        return Counter({f"{a} {o}": n for (a, o), n in counts.items() if o in OURS_ALONE})

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
