"""The interface of a runbook's actions, and what they work with."""

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
_HELP = "Please refer to Automation Service Troubleshooting Guide for more diagnosis details."


class StepFailed(Exception):
    """``stage`` and ``kind`` are FailureStage and FailureType of the API."""

    status, text = "Failed", "Step fails when it is Execute/Cancelling action. {}."

    def __init__(
        self, reason: str, stage: str = "Invocation", kind: str = "Action", response: Any = None
    ) -> None:
        super().__init__(f"{self.text.format(reason)} {_HELP}")
        self.stage, self.kind, self.response = stage, kind, response


class StepTimedOut(StepFailed):
    status, text = "TimedOut", "Step timed out while step is {}."


class StepCancelled(Exception):
    """The execution was stopped while the step ran."""


@dataclass(frozen=True)
class Result:
    outputs: dict[str, Any] = field(default_factory=dict)
    response: Any = None


@dataclass
class Attempt:
    """One attempt of a step. The references in ``inputs`` are resolved."""

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
        """Do ``work``, which is abandoned after ``seconds`` or when the execution is stopped.

        The seconds are real ones: the work is real, and its time not scaled.
        """
        results: list[T] = []
        errors: list[Exception] = []
        condition = threading.Condition()

        def perform() -> None:
            try:
                results.append(work())
            except Exception as error:
                errors.append(error)
            with condition:
                condition.notify_all()

        threading.Thread(target=perform, name="automation-call", daemon=True).start()
        with condition:
            condition.wait_for(lambda: results or errors or self.stop.is_set(), seconds)
        if errors:
            raise _as_failure(errors[0])
        if results:
            return results[0]
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
    """One kind of step."""

    name: ClassVar[str]
    inputs: ClassVar[frozenset[str] | None] = frozenset()  # None: whatever the API takes
    required: ClassVar[frozenset[str]] = frozenset()
    outputs: ClassVar[frozenset[str]] = frozenset()

    def check(self, step: Step) -> None:
        """Check the step when the document is created. Raises InvalidDocumentContent."""

    def run(self, attempt: Attempt) -> Result:
        """Raises StepFailed, StepTimedOut, StepCancelled."""
        raise NotImplementedError
