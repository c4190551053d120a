"""The course of a drill: a load, a failure in its middle, failover, failback, a second load."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from tools.drill import runbook
from tools.drill.environment import Scene
from tools.drill.load import Load, Upload
from tools.drill.runbook import ENDED, Run
from tools.harness.shell import CommandFailed
from tools.harness.watch import Display

FIRST_FILES, SECOND_FILES = 24, 6
# Real seconds, for a machine that is busy with other things too.
_MIDDLE_SECONDS, _NOTICE_SECONDS, _LOAD_SECONDS, _HEAL_SECONDS = 120.0, 60.0, 300.0, 700.0
_EXECUTION = re.compile(r"AutomationFailoverRunbook\S* in \S+: (\S+)")


class Course:
    """What happened when, in epochs; ``problems`` says which load did not come to its end."""

    def __init__(self, scene: Scene, sources: Sequence[Path]) -> None:
        self.scene = scene
        self._sources = sources
        self.mails_before = len(scene.mails())
        self.zero = time.time()
        scene.display = Display()  # its seconds are those of the table and the picture
        self.cut = self.healed = 0.0
        self.failover = self.failback = Run("", [])
        self.first: list[Upload] = []
        self.second: list[Upload] = []
        self.problems: list[str] = []

    @property
    def uploads(self) -> list[Upload]:
        return [*self.first, *self.second]

    def fail_over(self) -> None:
        """Cut the first Region off in the middle of a load; all of it ends in the second."""
        load = self._load(FIRST_FILES)
        self.first = load.uploads
        try:
            self._until_the_middle(load)
            experiment = self.scene.start_experiment()
            self._notice(load)
            execution = self.scene.start_runbook(self.scene.second)
            self._recover(load, execution)
            load.join()
        finally:
            load.end()
        self.scene.show_runbook(execution, self.scene.second)
        self._heal(experiment)

    def fail_back(self) -> None:
        """Back to the first Region; a second load begins while the runbook is still at work."""
        executions: list[str] = []
        loads: list[Load] = []

        def seen(line: str) -> None:
            if match := _EXECUTION.search(line):
                executions.append(match[1])
            if "ReconcileFirst" in line and "Success" in line:
                loads.append(self._load(SECOND_FILES))

        try:
            self.scene.make("failback", seen=seen)
            self.failback = runbook.look(executions[0], self.scene.first)
            self.second = loads[0].uploads
            self._finish(loads[0])
            loads[0].join()
        finally:
            for load in loads:
                load.end()

    def _load(self, files: int) -> Load:
        return Load(self.scene.shell, self.scene.mrap_arn, files, self._sources)

    def _until_the_middle(self, load: Load) -> None:
        """A third is uploaded, some of it is done, and some is under way."""

        def look() -> tuple[bool, str]:
            rows = self.scene.rows(load.uploads)
            states = {row["status"] for row in rows}
            middle = len(load.uploads) >= load.files / 3 and {"STARTED", "COMPLETED"} <= states
            return middle, self.scene.progress(load)[1]

        if not self.scene.watch(look, _MIDDLE_SECONDS):
            raise CommandFailed("the load did not get going; `make status` tells more.")

    def _notice(self, load: Load) -> None:
        """An operator acts when the trigger's errors ring the alarm."""
        self.cut = time.time()

        def look() -> tuple[bool, str]:
            errors = self.scene.trigger_errors()
            text = f"{self.scene.first} is cut off: batch-trigger failed {errors:.0f} times"
            return errors > 0, f"{text}; {self.scene.progress(load)[1]}"

        if not self.scene.watch(look, _NOTICE_SECONDS):
            raise CommandFailed("nothing failed: the experiment does not cut the functions off.")

    def _recover(self, load: Load, execution: str) -> None:
        def look() -> tuple[bool, str]:
            self.failover = runbook.look(execution, self.scene.second)
            done, text = self.scene.progress(load)
            ended = self.failover.status in ENDED
            over = ended and (done or self.failover.status != "Success")
            return over, f"runbook: {self.failover.at_work}; {text}"

        in_time = self.scene.watch(look, _LOAD_SECONDS)
        if self.failover.status != "Success":
            raise CommandFailed(f"the runbook {execution} ended as {self.failover.status}")
        self._note(in_time)

    def _heal(self, experiment: str) -> None:
        def look() -> tuple[bool, str]:
            shown = self.scene.experiment(experiment)
            self.cut = shown["startTime"].timestamp()
            status = shown["state"]["status"]
            self.healed = shown["endTime"].timestamp() if "endTime" in shown else 0.0
            return bool(self.healed), f"experiment: {status}: {shown['state']['reason']}"

        if not self.scene.watch(look, _HEAL_SECONDS):
            raise CommandFailed(f"the experiment {experiment} does not end.")

    def _finish(self, load: Load) -> None:
        self._note(self.scene.watch(lambda: self.scene.progress(load), _LOAD_SECONDS))

    def _note(self, in_time: bool) -> None:
        if not in_time:
            self.problems.append(f"not everything was done within {_LOAD_SECONDS:.0f} s")
