"""What an action of a runbook is, and what it is given to work with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import NOT_EMULATED
from localcloud.gateway.principals import Principal
from localcloud.ssm.runbook import Step

T = TypeVar("T")
_SEE = "Please refer to Automation Service Troubleshooting Guide for more diagnosis details."


class StepFailed(Exception):
    """``stage`` and ``kind`` are FailureStage and FailureType of the API."""

    def __init__(
        self, why: str, stage: str = "Invocation", kind: str = "Action", response: Any = None
    ) -> None:
        super().__init__(f"Step fails when it is Execute/Cancelling action. {why}. {_SEE}")
        self.why, self.stage, self.kind, self.response = why, stage, kind, response


class StepTimedOut(Exception):
    def __init__(self, doing: str) -> None:
        super().__init__(f"Step timed out while step is {doing}. {_SEE}")


class StepCancelled(Exception):
    """The execution was stopped while the step ran."""


@dataclass(frozen=True)
class Result:
    """``outputs`` are those that the action has of itself; ``response`` is what selectors read;
    ``next_step`` is where a branch goes.
    """

    outputs: dict[str, Any] = field(default_factory=dict)
    response: Any = None
    next_step: str | None = None


@dataclass
class Attempt:
    """One attempt of a step. ``inputs`` have their references resolved."""

    cloud: Cloud
    region: str
    principal: Principal
    step: Step
    inputs: dict[str, Any]
    stop: threading.Event

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, self.region, self.principal)

    def sleep(self, seconds: float) -> None:
        """Wait AWS seconds. Raises StepCancelled."""
        self.cloud.clock.sleep(seconds, self.stop)
        if self.stop.is_set():
            raise StepCancelled

    def call(self, work: Callable[[], T], seconds: float | None = None) -> T:
        """``work()``, which is left alone after ``seconds``, or when the execution is stopped.

        These seconds are real ones: the work is real, and its time not scaled.
        """
        found: list[T] = []
        problem: list[Exception] = []
        woken = threading.Condition()

        def perform() -> None:
            try:
                found.append(work())
            except Exception as error:
                problem.append(error)
            with woken:
                woken.notify_all()

        threading.Thread(target=perform, name="automation-call", daemon=True).start()
        with woken:
            woken.wait_for(lambda: found or problem or self.stop.is_set(), seconds)
        if problem:
            raise _as_failure(problem[0])
        if found:
            return found[0]
        if self.stop.is_set():
            raise StepCancelled
        raise StepTimedOut("waiting for the answer of an API call")


def _as_failure(error: Exception) -> Exception:
    if isinstance(error, ClientError):
        code = error.response["Error"]["Code"]
        kind = "Permission" if "AccessDenied" in code or code == "UnauthorizedOperation" else (
            "Internal" if code == NOT_EMULATED else "Throttling" if "Throttl" in code else "Action"
        )  # fmt: skip
        return StepFailed(str(error), kind=kind)
    if isinstance(error, BotoCoreError):
        return StepFailed(str(error))
    return error


class Action:
    """One kind of step. ``open_inputs``: more inputs than those named may be given."""

    name: ClassVar[str]
    inputs: ClassVar[frozenset[str]] = frozenset()
    required: ClassVar[frozenset[str]] = frozenset()
    outputs: ClassVar[frozenset[str]] = frozenset()
    open_inputs: ClassVar[bool] = False

    def check(self, step: Step) -> None:
        """What else must hold when the document is made. Raises InvalidDocumentContent."""

    def next_steps(self, step: Step) -> list[str]:  # noqa: ARG002 - for overriding
        """The steps to which this one may jump by itself."""
        return []

    def run(self, attempt: Attempt) -> Result:
        """Raises StepFailed, StepTimedOut, StepCancelled."""
        raise NotImplementedError
