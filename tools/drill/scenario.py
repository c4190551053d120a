"""What happens in a drill: a load, a failure in its middle, failover, failback, a second load."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

from tools.drill import runbook
from tools.drill.environment import Environment
from tools.drill.load import Load, Upload
from tools.drill.runbook import FINAL_STATUSES, Execution
from tools.harness.shell import CommandFailed
from tools.harness.watch import Display

FIRST_FILES, SECOND_FILES = 24, 6
# Real seconds, for a machine that is busy with other things too.
_MIDDLE_SECONDS, _NOTICE_SECONDS, _LOAD_SECONDS, _HEAL_SECONDS = 120.0, 60.0, 300.0, 700.0
_EXECUTION = re.compile(r"AutomationFailoverRunbook\S* in \S+: (\S+)")


class Scenario:
    """What happened when, in epochs; ``problems`` says which load did not come to its end."""

    def __init__(self, environment: Environment, sources: Sequence[Path]) -> None:
        self.environment = environment
        self._sources = sources
        self.mails_before = len(environment.mails())
        self.zero = time.time()
        environment.display = Display()  # its seconds are those of the table and the picture
        self.cut = self.healed = 0.0
        self.failover = self.failback = Execution("", [])
        self.first_load: list[Upload] = []
        self.second_load: list[Upload] = []
        self.problems: list[str] = []

    @property
    def uploads(self) -> list[Upload]:
        return [*self.first_load, *self.second_load]

    def fail_over(self) -> None:
        """Cut the first Region off in the middle of a load; all of it ends in the second."""
        load = self._start_load(FIRST_FILES)
        self.first_load = load.uploads
        second = self.environment.second
        try:
            self._wait_for_the_middle(load)
            experiment = self.environment.start_experiment()
            self._notice(load)
            execution = self.environment.start_runbook(second)
            self._recover(load, execution)
            load.join()
        finally:
            load.end()
        self.environment.show_runbook(execution, second)
        self._heal(experiment)

    def fail_back(self) -> None:
        """Return to the first Region; a second load begins while the runbook still runs."""
        executions: list[str] = []
        loads: list[Load] = []

        def read(line: str) -> None:
            if match := _EXECUTION.search(line):
                executions.append(match[1])
            if "ReconcileFirst" in line and "Success" in line:
                loads.append(self._start_load(SECOND_FILES))

        try:
            self.environment.make("failback", on_line=read)
            self.failback = runbook.describe(executions[0], self.environment.first)
            self.second_load = loads[0].uploads
            self._finish(loads[0])
            loads[0].join()
        finally:
            for load in loads:
                load.end()

    def _start_load(self, files: int) -> Load:
        mrap_arn = self.environment.deployment.mrap_arn
        return Load(self.environment.shell, mrap_arn, files, self._sources)

    def _wait_for_the_middle(self, load: Load) -> None:
        """A third is uploaded, some of it is completed, and some is under way."""

        def look() -> tuple[bool, str]:
            statuses = {row["status"] for row in self.environment.rows(load.uploads)}
            is_a_third = len(load.uploads) >= load.files / 3
            is_middle = is_a_third and {"STARTED", "COMPLETED"} <= statuses
            return is_middle, self.environment.progress(load)[1]

        if not self.environment.watch(look, _MIDDLE_SECONDS):
            raise CommandFailed("the load did not get going; `make status` tells more.")

    def _notice(self, load: Load) -> None:
        """An operator acts when the trigger's errors ring the alarm."""
        self.cut = time.time()

        def look() -> tuple[bool, str]:
            errors = self.environment.trigger_errors()
            text = f"{self.environment.first} is cut off: batch-trigger failed {errors:.0f} times"
            return errors > 0, f"{text}; {self.environment.progress(load)[1]}"

        if not self.environment.watch(look, _NOTICE_SECONDS):
            raise CommandFailed("nothing failed: the experiment does not cut the functions off.")

    def _recover(self, load: Load, execution: str) -> None:
        def look() -> tuple[bool, str]:
            self.failover = runbook.describe(execution, self.environment.second)
            is_completed, text = self.environment.progress(load)
            status = self.failover.status
            is_over = status in FINAL_STATUSES and (is_completed or status != "Success")
            return is_over, f"runbook: {self.failover.stage}; {text}"

        is_in_time = self.environment.watch(look, _LOAD_SECONDS)
        if self.failover.status != "Success":
            raise CommandFailed(f"the runbook {execution} ended as {self.failover.status}")
        self._note(is_in_time)

    def _heal(self, experiment_id: str) -> None:
        def look() -> tuple[bool, str]:
            experiment = self.environment.experiment(experiment_id)
            state, end = experiment["state"], experiment.get("endTime")
            self.cut = experiment["startTime"].timestamp()
            self.healed = end.timestamp() if end else 0.0
            return bool(self.healed), f"experiment: {state['status']}: {state['reason']}"

        if not self.environment.watch(look, _HEAL_SECONDS):
            raise CommandFailed(f"the experiment {experiment_id} does not end.")

    def _finish(self, load: Load) -> None:
        self._note(self.environment.watch(lambda: self.environment.progress(load), _LOAD_SECONDS))

    def _note(self, is_in_time: bool) -> None:
        if not is_in_time:
            self.problems.append(f"not everything was completed within {_LOAD_SECONDS:.0f} s")
