"""CloudFormation's stacks, as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.cloud import Cloud
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import Stack as EngineStack


@dataclass(frozen=True)
class StackResource:
    """A resource of a stack."""

    logical_id: str
    type: str
    physical_id: str | None
    status: str


@dataclass(frozen=True)
class Stack:
    """A stack at one moment; ``root_id`` is None unless it is nested. Events: oldest first."""

    id: str
    name: str
    region: str
    status: str
    root_id: str | None
    resources: tuple[StackResource, ...]
    events: tuple[dict[str, Any], ...]


def stacks_of(cloud: Cloud, region: str) -> list[Stack]:
    """Newest first, nested and deleted ones too."""
    return [_snapshot(stack) for stack in cloud.get(Engine).stacks.of(region)]


def _snapshot(stack: EngineStack) -> Stack:
    resources = tuple(
        StackResource(item.logical_id, item.type, item.physical_id, item.status)
        for item in list(stack.resources.values())
    )
    events = tuple(stack.events)
    return Stack(stack.id, stack.name, stack.region, stack.status, stack.root_id, resources, events)
