"""One experiment, on a thread of its own: actions begin, last, end, in the order they say.

https://docs.aws.amazon.com/fis/latest/userguide/experiments.html
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.fis import targets
from localcloud.fis.alarms import ringing
from localcloud.fis.catalogue import CATALOGUE
from localcloud.fis.effects.base import ActionFailed, Run, Undo
from localcloud.fis.roles import assumed
from localcloud.fis.templates import Template, seconds
from localcloud.gateway.principals import Principal

log = logging.getLogger(__name__)
ENDED = frozenset({"completed", "stopped", "failed"})
_WATCH_SECONDS = 10.0  # how often stop conditions are looked at


@dataclass
class Action:
    """``left``: AWS seconds until it ends, once it runs."""

    body: dict[str, Any]
    status: str = "pending"
    reason: str = "Initial state"
    started: float | None = None
    ended: float | None = None
    left: float = 0.0
    undo: Undo | None = None

    def view(self) -> dict[str, Any]:
        view = {**self.body, "state": {"status": self.status, "reason": self.reason}}
        if self.started is not None:
            view["startTime"] = utc(self.started)
        if self.ended is not None:
            view["endTime"] = utc(self.ended)
        return view


class Experiment:
    def __init__(
        self,
        cloud: Cloud,
        experiment_id: str,
        region: str,
        template: Template,
        tags: dict[str, str],
        actions_mode: str,
    ) -> None:
        self.id = experiment_id
        self.region = region
        account = cloud.settings.account_id
        self.arn = f"arn:aws:fis:{region}:{account}:experiment/{experiment_id}"
        self.template_id = template.id
        self.tags = tags
        self.status, self.reason = "initiating", "Experiment is initiating."
        self._cloud = cloud
        self._body = template.body
        self._mode = actions_mode
        self._error: dict[str, str] = {}
        self._created = cloud.clock.now()
        self._started: float | None = None
        self._ended: float | None = None
        self._actions = {name: Action(body) for name, body in template.body["actions"].items()}
        self._resolved: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="experiment", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it now; effects are undone. Without effect on one that has ended."""
        with self._lock:
            if self._ended is None:
                self.status, self.reason = "stopping", "Stopping Experiment."
                self._stop.set()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def view(self) -> dict[str, Any]:
        state: dict[str, Any] = {"status": self.status, "reason": self.reason}
        if self._error:
            state["error"] = self._error
        view = {
            **self.summary(),
            **{key: self._body[key] for key in ("roleArn", "targets", "stopConditions")},
            "actions": {name: action.view() for name, action in self._actions.items()},
            "state": state,
            "targetAccountConfigurationsCount": 0,
        }
        if self._started is not None:
            view["startTime"] = utc(self._started)
        if self._ended is not None:
            view["endTime"] = utc(self._ended)
        return view

    def summary(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "arn": self.arn,
            "experimentTemplateId": self.template_id,
            "state": {"status": self.status, "reason": self.reason},
            "creationTime": utc(self._created),
            "tags": self.tags,
            "experimentOptions": {**self._body["experimentOptions"], "actionsMode": self._mode},
        }

    def resolved(self) -> dict[str, tuple[str, ...]]:
        """ARNs by target."""
        return self._resolved

    def _run(self) -> None:
        verdict = "completed", "Experiment completed."
        try:
            self._perform()
        except ActionFailed as failure:
            self._error = {"code": failure.code, "accountId": self._cloud.settings.account_id}
            verdict = "failed", failure.reason
        except Exception as error:
            log.exception("an experiment failed inside the local cloud")
            verdict = "failed", f"local cloud: {error!r}"
        finally:
            self._end_all()
        if self._stop.is_set() and verdict[0] == "completed":
            verdict = "stopped", "Experiment stopped."
        with self._lock:
            self._ended = self._cloud.clock.now()
            self.status, self.reason = verdict

    def _perform(self) -> None:
        principal = assumed(self._cloud, self._body["roleArn"], self.id, self.arn)
        for name, target in self._body["targets"].items():
            run = Run(self._cloud, self.region, principal, {}, ())
            self._resolved[name] = targets.resolve(self._cloud, self.region, run, target)
            may_be_empty = self._body["experimentOptions"]["emptyTargetResolutionMode"] == "skip"
            if not self._resolved[name] and not may_be_empty:
                raise ActionFailed("InvalidTarget", targets.EMPTY)
        self._started = self._cloud.clock.now()
        with self._lock:
            if not self._stop.is_set():
                self.status, self.reason = "running", "Experiment is running."
        self._watch(principal)
        while not self._stop.is_set() and self._begin_ready(principal):
            self._pass_time(principal)

    def _begin_ready(self, principal: Principal) -> bool:
        """Begin what may begin; whether anything runs."""
        while ready := self._ready():
            for name in ready:
                self._begin(name, self._actions[name], principal)
        return any(action.status == "running" for action in self._actions.values())

    def _ready(self) -> list[str]:
        ended = ("completed", "skipped")
        done = {name for name, action in self._actions.items() if action.status in ended}
        return [
            name
            for name, action in self._actions.items()
            if action.status == "pending" and set(action.body.get("startAfter") or ()) <= done
        ]

    def _begin(self, name: str, action: Action, principal: Principal) -> None:
        kind = CATALOGUE[action.body["actionId"]]
        names = action.body.get("targets", {}).values()
        arns = tuple(arn for target in names for arn in self._resolved[target])
        if self._mode == "skip-all" or (kind.target and not arns):
            action.status, action.reason = "skipped", "Action was skipped."
            return
        action.started = self._cloud.clock.now()
        parameters = action.body.get("parameters", {})
        try:
            action.undo = kind.begin(Run(self._cloud, self.region, principal, parameters, arns))
        except ActionFailed as failure:
            action.status, action.reason = "failed", failure.reason
            action.ended = self._cloud.clock.now()
            raise ActionFailed(failure.code, f"Action {name}: {failure.reason}") from failure
        action.left = seconds(action.body)
        action.status, action.reason = "running", "Action is running."

    def _pass_time(self, principal: Principal) -> None:
        """Until the next action ends, or an alarm is to be looked at."""
        running = [action for action in self._actions.values() if action.status == "running"]
        step = min(action.left for action in running)
        if self._alarms:
            step = min(step, _WATCH_SECONDS)
        self._cloud.clock.sleep(step, self._stop)
        if self._stop.is_set():
            return
        for action in running:
            action.left -= step
            if action.left <= 0:
                self._end(action, "completed", "Action was completed.")
        self._watch(principal)

    def _watch(self, principal: Principal) -> None:
        if self._alarms and (alarm := ringing(self._cloud, self.region, principal, self._alarms)):
            self.stop()
            self.reason = f"Experiment stopped by the stop condition {alarm}."

    @property
    def _alarms(self) -> list[str]:
        return [one["value"] for one in self._body["stopConditions"] if one["source"] != "none"]

    def _end(self, action: Action, status: str, reason: str) -> None:
        if action.undo is not None:
            action.undo()
        action.undo = None
        action.status, action.reason, action.ended = status, reason, self._cloud.clock.now()

    def _end_all(self) -> None:
        for action in self._actions.values():
            if action.status == "running":
                self._end(action, "stopped", "Action was stopped.")
            elif action.status == "pending":
                action.status, action.reason = "cancelled", "Action was cancelled."
