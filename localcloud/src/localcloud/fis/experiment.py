"""One experiment, on a thread of its own: its actions start together and end after their time.

https://docs.aws.amazon.com/fis/latest/userguide/experiments.html
"""

import logging
import threading
from dataclasses import dataclass
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.fis import targets
from localcloud.fis.actions import CATALOGUE
from localcloud.fis.role import ActionFailed, Run, Undo, assume, ringing
from localcloud.fis.templates import Template, duration_of
from localcloud.gateway.principals import Principal
from localcloud.settings import ACCOUNT_ID

log = logging.getLogger(__name__)
FINAL_STATUSES = frozenset({"completed", "stopped", "failed"})
_ALARM_SECONDS = 10.0  # how often stop conditions are looked at


@dataclass
class State:
    """Status, reason and times of an experiment or of an action of it."""

    status: str
    reason: str
    started: float | None = None
    finished: float | None = None

    def enter(self, status: str, reason: str) -> None:
        self.status, self.reason = status, reason

    def view(self) -> dict[str, Any]:
        times = {"startTime": self.started, "endTime": self.finished}
        return {
            "state": {"status": self.status, "reason": self.reason},
            **{name: utc(time) for name, time in times.items() if time is not None},
        }


@dataclass
class Action:
    """``remaining``: AWS seconds until it ends, while it runs."""

    body: dict[str, Any]
    state: State
    remaining: float = 0.0
    undo: Undo | None = None


class Experiment:
    def __init__(
        self,
        cloud: Cloud,
        experiment_id: str,
        region: str,
        template: Template,
        tags: dict[str, str],
    ) -> None:
        self.id = experiment_id
        self.region = region
        self.arn = f"arn:aws:fis:{region}:{ACCOUNT_ID}:experiment/{experiment_id}"
        self.template_id = template.id
        self.tags = tags
        self._resolved: dict[str, tuple[str, ...]] = {}  # ARNs by target
        self._state = State("initiating", "Experiment is initiating.")
        self._cloud = cloud
        self._body = template.body
        self._error: dict[str, str] = {}
        self._halted_by = ""
        self._created = cloud.clock.now()
        self._actions = {
            name: Action(body, State("pending", "Initial state"))
            for name, body in template.body["actions"].items()
        }
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="experiment", daemon=True)

    @property
    def status(self) -> str:
        return self._state.status

    def start(self) -> None:
        self._thread.start()

    def stop(self, reason: str = "Stopping Experiment.") -> None:
        """End it now and undo its effects, unless it has ended."""
        with self._lock:
            if self._state.finished is None:
                self._state.enter("stopping", reason)
                self._stop.set()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def view(self) -> dict[str, Any]:
        view = {
            "id": self.id,
            "arn": self.arn,
            "experimentTemplateId": self.template_id,
            "creationTime": utc(self._created),
            "tags": self.tags,
            "experimentOptions": {**self._body["experimentOptions"], "actionsMode": "run-all"},
            **self._state.view(),
            **{key: self._body[key] for key in ("roleArn", "targets", "stopConditions")},
            "actions": {
                name: action.body | action.state.view() for name, action in self._actions.items()
            },
            "targetAccountConfigurationsCount": 0,
        }
        if self._error:
            view["state"]["error"] = self._error
        return view

    def _run(self) -> None:
        outcome = "completed", "Experiment completed."
        try:
            self._perform()
        except ActionFailed as failure:
            self._error = {"code": failure.code, "accountId": ACCOUNT_ID}
            outcome = "failed", failure.reason
        except Exception as error:
            log.exception("an experiment failed inside the local cloud")
            outcome = "failed", f"local cloud: {error!r}"
        finally:
            self._end_all()
        if self._stop.is_set() and outcome[0] == "completed":
            outcome = "stopped", self._halted_by or "Experiment stopped."
        with self._lock:
            self._state.enter(*outcome)
            self._state.finished = self._cloud.clock.now()

    def _perform(self) -> None:
        principal = assume(self._cloud, self._body["roleArn"], self.id, self.arn)
        run = Run(self._cloud, self.region, principal, {}, ())
        for name, target in self._body["targets"].items():
            self._resolved[name] = targets.resolve(run, target)
        self._state.started = self._cloud.clock.now()
        with self._lock:
            if not self._stop.is_set():
                self._state.enter("running", "Experiment is running.")
        self._check_alarms(principal)
        if not self._stop.is_set():
            for name, action in self._actions.items():
                self._begin(name, action, principal)
        while not self._stop.is_set() and (running := self._in_status("running")):
            self._pass_time(running, principal)

    def _in_status(self, status: str) -> list[Action]:
        return [action for action in self._actions.values() if action.state.status == status]

    def _begin(self, name: str, action: Action, principal: Principal) -> None:
        kind = CATALOGUE[action.body["actionId"]]
        names = action.body.get("targets", {}).values()
        arns = tuple(arn for target in names for arn in self._resolved[target])
        action.state.started = self._cloud.clock.now()
        parameters = action.body.get("parameters", {})
        try:
            action.undo = kind.begin(Run(self._cloud, self.region, principal, parameters, arns))
        except ActionFailed as failure:
            self._end(action, "failed", failure.reason)
            raise ActionFailed(failure.code, f"Action {name}: {failure.reason}") from failure
        action.remaining = duration_of(action.body)
        action.state.enter("running", "Action is running.")

    def _pass_time(self, running: list[Action], principal: Principal) -> None:
        """Wait until the next action ends, or the alarms are due."""
        step = min(action.remaining for action in running)
        if self._alarms:
            step = min(step, _ALARM_SECONDS)
        self._cloud.clock.sleep(step, self._stop)
        if self._stop.is_set():
            return
        for action in running:
            action.remaining -= step
            if action.remaining <= 0:
                self._end(action, "completed", "Action was completed.")
        self._check_alarms(principal)

    def _check_alarms(self, principal: Principal) -> None:
        if self._alarms and (alarm := ringing(self._cloud, self.region, principal, self._alarms)):
            self._halted_by = f"Experiment halted by the stop condition {alarm}."
            self.stop(self._halted_by)

    @property
    def _alarms(self) -> list[str]:
        conditions = self._body["stopConditions"]
        return [entry["value"] for entry in conditions if entry["source"] != "none"]

    def _end(self, action: Action, status: str, reason: str) -> None:
        if action.undo is not None:
            action.undo()
        action.undo = None
        action.state.enter(status, reason)
        action.state.finished = self._cloud.clock.now()

    def _end_all(self) -> None:
        for action in self._in_status("running"):
            self._end(action, "stopped", "Action was stopped.")
        for action in self._in_status("pending"):
            action.state.enter("cancelled", "Action was cancelled.")
