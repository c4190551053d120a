"""A stack with its resources and events; the stacks of every Region."""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from localcloud.clock import Clock, utc
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.change_set import ChangeSet
from localcloud.cloudformation.templates.parameters import Parameter
from localcloud.cloudformation.templates.processed import PlannedResource, ProcessedTemplate
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import Principal
from localcloud.settings import ACCOUNT_ID

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(eq=False)
class StackResource:
    """A resource as it was last created or updated; ``properties`` are what its service got."""

    planned: PlannedResource  # what the template says of it
    physical_id: str | None = None
    status: str = ""
    reason: str | None = None
    updated: datetime | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    # Properties of an update that failed: the resource may have some of them.
    attempted: dict[str, Any] | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    is_name_claimed: bool = False

    @property
    def logical_id(self) -> str:
        return self.planned.logical_id

    @property
    def type(self) -> str:
        return self.planned.type


class PendingUpdate(Protocol):
    """An update whose clean-up waits, see update.py."""

    def finish(self) -> None: ...
    def roll_back(self, reason: str | None = None) -> None: ...


@dataclass
class Stack:
    """``operation`` is held by whoever changes the stack; ``idle`` is set while nobody does."""

    id: str
    name: str
    region: str
    clock: Clock
    principal: Principal
    created: datetime
    status: str = ""
    reason: str | None = None
    template: ProcessedTemplate | None = None
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=list)
    role_arn: str | None = None
    disable_rollback: bool = False
    parent_id: str | None = None
    root_id: str | None = None
    change_set_id: str | None = None
    updated: datetime | None = None
    deleted: datetime | None = None
    resources: dict[str, StackResource] = field(default_factory=dict)
    leftovers: list[StackResource] = field(default_factory=list)
    update: PendingUpdate | None = None
    outputs: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    operation: threading.Lock = field(default_factory=threading.Lock)
    idle: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _recording: threading.Lock = field(default_factory=threading.Lock)

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.template.parameters if self.template else {}

    def pseudo_parameters(self) -> dict[str, Any]:
        return {
            "AWS::AccountId": ACCOUNT_ID,
            "AWS::NotificationARNs": [],
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackId": self.id,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def enter(self, status: str, reason: str | None = None) -> None:
        """Give the stack itself a new status."""
        self.status, self.reason = status, reason
        self._record(str(uuid.uuid4()), self.name, self.id, STACK_TYPE, status, reason)

    def begin(self, expected: str, status: str) -> None:
        """Start an operation, unless another has started since the status was ``expected``."""
        with self._starting:
            if self.status != expected:
                raise in_wrong_state(self, "updated")
            self.enter(status, "User Initiated")

    def mark(self, resource: StackResource, status: str, reason: str | None = None) -> None:
        """Give a resource of the stack a new status."""
        resource.status, resource.reason = status, reason
        name, physical_id = resource.logical_id, resource.physical_id or ""
        event_id = f"{name}-{status}-{uuid.uuid4()}"
        event = self._record(event_id, name, physical_id, resource.type, status, reason)
        event["ResourceProperties"] = resource.properties
        resource.updated = event["Timestamp"]

    def _record(
        self, event_id: str, name: str, physical_id: str, kind: str, status: str, reason: str | None
    ) -> dict[str, Any]:
        event: dict[str, Any] = {
            "StackId": self.id,
            "StackName": self.name,
            "EventId": event_id,
            "LogicalResourceId": name,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "ResourceStatus": status,
            **({} if reason is None else {"ResourceStatusReason": reason}),
        }
        with self._recording:
            event["Timestamp"] = self._next_time()
            self.events.append(event)
        return event

    def _next_time(self) -> datetime:
        """Now, or a millisecond after the last event: SAM CLI tells events apart by their time."""
        now = utc(self.clock.now())
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        last = self.events[-1]["Timestamp"] if self.events else None
        return max(now, last + timedelta(milliseconds=1)) if last else now


def in_wrong_state(stack: Stack, verb: str) -> ApiError:
    return validation_error(f"Stack:{stack.id} is in {stack.status} state and can not be {verb}.")


class Stacks:
    """Every stack of every Region. A name is that of a stack which is not deleted."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.naming = threading.Lock()  # held while a name is looked up and claimed
        self._by_id: dict[str, Stack] = {}

    def add(self, stack: Stack) -> None:
        with self._lock:
            self._by_id[stack.id] = stack

    def remove(self, stack: Stack) -> None:
        with self._lock:
            del self._by_id[stack.id]

    def of(self, region: str) -> list[Stack]:
        """Newest first, deleted stacks too."""
        with self._lock:
            return [item for item in reversed(self._by_id.values()) if item.region == region]

    def live(self, region: str) -> list[Stack]:
        """Newest first, without deleted stacks."""
        return [item for item in self.of(region) if item.status != "DELETE_COMPLETE"]

    def find(self, region: str, name_or_id: str) -> Stack | None:
        if name_or_id.startswith("arn:"):
            stack = self._by_id.get(name_or_id)
            return stack if stack and stack.region == region else None
        return next((item for item in self.live(region) if item.name == name_or_id), None)

    def get(self, region: str, name_or_id: str) -> Stack:
        if (stack := self.find(region, name_or_id)) is None:
            raise validation_error(f"Stack with id {name_or_id} does not exist")
        return stack
