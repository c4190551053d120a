"""What one operation does to a stack and to the stacks that it nests, as their events tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .cloud import NESTED, Cloud
from .plan import Stack


@dataclass(frozen=True)
class Event:
    """`path` leads through nested stacks: `Batch/Splitter`."""

    time: datetime
    path: str
    type: str
    status: str
    reason: str


class Operation:
    """Made before the operation begins: the events that are there belong to earlier ones."""

    def __init__(self, cloud: Cloud, stack: Stack) -> None:
        self._client = cloud.client("cloudformation", stack.region)
        self._seen: set[str] = set()
        self._paths = {stack.name: ""}
        self._since: datetime | None = None
        self.events: list[Event] = []
        before = [one["Timestamp"] for one in self._unseen(stack.name)]
        self._since = max(before, default=None)

    def look(self) -> None:
        """Read what is new, in nested stacks too, also in those that show themselves only now."""
        looked: set[str] = set()
        while rest := [name for name in self._paths if name not in looked]:
            for name in rest:
                looked.add(name)
                self._look(name)
        self.events.sort(key=lambda event: event.time)

    def _look(self, name: str) -> None:
        for one in self._unseen(name):
            self._seen.add(one["EventId"])
            if one["PhysicalResourceId"] == one["StackId"]:
                continue  # the stack speaks of itself
            path = self._paths[name] + one["LogicalResourceId"]
            if one["ResourceType"] == NESTED and one["PhysicalResourceId"]:
                self._paths.setdefault(one["PhysicalResourceId"], f"{path}/")
            reason = one.get("ResourceStatusReason", "")
            status = one["ResourceStatus"]
            self.events.append(Event(one["Timestamp"], path, one["ResourceType"], status, reason))

    def _unseen(self, name: str) -> list[dict[str, Any]]:
        """Newest first; stops at the first that is known or older than the operation."""
        found: list[dict[str, Any]] = []
        try:
            pages = self._client.get_paginator("describe_stack_events").paginate(StackName=name)
            for page in pages:
                for one in page["StackEvents"]:
                    old = self._since is not None and one["Timestamp"] <= self._since
                    if old or one["EventId"] in self._seen:
                        return found
                    found.append(one)
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
        return found

    def leaves(self) -> dict[str, Event]:
        """The latest event of each resource that is no stack, by path."""
        return {event.path: event for event in self.events if event.type != NESTED}

    def progress(self) -> str:
        """How many are done, and what is at work."""
        latest = self.leaves()
        if not latest:
            return "nothing has begun yet"
        done = sum(event.status.endswith("_COMPLETE") for event in latest.values())
        busy = [path for path, event in latest.items() if event.status.endswith("_IN_PROGRESS")]
        now = f"; now {', '.join(busy[:2])}" + (f" and {len(busy) - 2} more" if busy[2:] else "")
        return f"{done} resource{'s' * (done != 1)} done{now if busy else ''}"

    def changed(self) -> int:
        """Resources that were made, changed or deleted."""
        return len(self.leaves())

    def first_cause(self) -> Event | None:
        """The first resource that failed by itself; the others were cancelled because of it."""
        failed = [event for event in self.events if event.status.endswith("_FAILED")]
        own = [event for event in failed if not _cancelled(event)]
        leaves = [event for event in own if event.type != NESTED]
        return next(iter(leaves or own), None)


def _cancelled(event: Event) -> bool:
    """`Resource creation cancelled`, `Resource update cancelled`."""
    return event.reason.lower().startswith("resource ") and "cancelled" in event.reason.lower()
