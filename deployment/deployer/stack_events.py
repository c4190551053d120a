"""What one operation does to a stack and to the stacks that it nests, by their events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .plan import Stack
from .stack_info import NESTED_STACK, is_missing_stack


@dataclass(frozen=True)
class Event:
    """What happened to a resource; the path leads through nested stacks: `Batch/Splitter`."""

    time: datetime
    path: str
    type: str
    status: str
    reason: str


class Operation:
    """Collects the events of an operation. Create it first: older events belong to earlier ones."""

    def __init__(self, aws: Aws, stack: Stack) -> None:
        self._client = aws.client("cloudformation", stack.region)
        self._event_ids: set[str] = set()
        self._paths = {stack.name: ""}
        self._start: datetime | None = None
        self.events: list[Event] = []
        older = [event["Timestamp"] for event in self._new_events(stack.name)]
        self._start = max(older, default=None)

    def refresh(self) -> None:
        """Read the new events, also of nested stacks that appear only now."""
        visited: set[str] = set()
        while unvisited := [name for name in self._paths if name not in visited]:
            for name in unvisited:
                visited.add(name)
                self._read_stack(name)
        self.events.sort(key=lambda event: event.time)

    def _read_stack(self, name: str) -> None:
        for event in self._new_events(name):
            self._event_ids.add(event["EventId"])
            if event["PhysicalResourceId"] == event["StackId"]:
                continue  # an event of the stack itself
            path = self._paths[name] + event["LogicalResourceId"]
            if event["ResourceType"] == NESTED_STACK and event["PhysicalResourceId"]:
                self._paths.setdefault(event["PhysicalResourceId"], f"{path}/")
            self.events.append(_event(event, path))

    def _new_events(self, name: str) -> list[dict[str, Any]]:
        """Newest first, up to the first that was read before or is older than the operation."""
        events: list[dict[str, Any]] = []
        try:
            pages = self._client.get_paginator("describe_stack_events").paginate(StackName=name)
            for page in pages:
                for event in page["StackEvents"]:
                    is_old = self._start is not None and event["Timestamp"] <= self._start
                    if is_old or event["EventId"] in self._event_ids:
                        return events
                    events.append(event)
        except ClientError as error:
            if not is_missing_stack(error):
                raise
        return events

    def latest_events(self) -> dict[str, Event]:
        """The latest event of each resource that is no stack, by path."""
        return {event.path: event for event in self.events if event.type != NESTED_STACK}

    def progress(self) -> str:
        """How many resources are ready, and two of those that CloudFormation works on."""
        latest = self.latest_events()
        if not latest:
            return "nothing has begun yet"
        complete = sum(event.status.endswith("_COMPLETE") for event in latest.values())
        busy = [path for path, event in latest.items() if event.status.endswith("_IN_PROGRESS")]
        now = f"; now {', '.join(busy[:2])}" + (f" and {len(busy) - 2} more" if busy[2:] else "")
        return f"{complete} resource{'s' * (complete != 1)} done{now if busy else ''}"

    def changed_count(self) -> int:
        """How many resources were created, changed or deleted."""
        return len(self.latest_events())

    def first_cause(self) -> Event | None:
        """The first resource that failed by itself; others are cancelled because of it."""
        failed = [event for event in self.events if event.status.endswith("_FAILED")]
        causes = [event for event in failed if not _is_cancelled(event)]
        resources = [event for event in causes if event.type != NESTED_STACK]
        return next(iter(resources or causes), None)


def _event(event: dict[str, Any], path: str) -> Event:
    reason = event.get("ResourceStatusReason", "")
    return Event(event["Timestamp"], path, event["ResourceType"], event["ResourceStatus"], reason)


def _is_cancelled(event: Event) -> bool:
    """True for `Resource creation cancelled` and `Resource update cancelled`."""
    return event.reason.lower().startswith("resource ") and "cancelled" in event.reason.lower()
