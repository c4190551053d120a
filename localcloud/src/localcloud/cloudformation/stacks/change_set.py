"""A change set, and what it lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localcloud.cloudformation.stacks.changes import Comparison
from localcloud.cloudformation.templates.processor import Blueprint

if TYPE_CHECKING:
    from localcloud.cloudformation.stacks.stack import Stack

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)


@dataclass
class ChangeSet:
    id: str
    name: str
    type: str  # CREATE or UPDATE
    created: datetime
    blueprint: Blueprint | None
    changes: list[dict[str, Any]]
    description: str | None = None
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    execution_status: str = "AVAILABLE"
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: Sequence[str] = ()
    notification_arns: Sequence[str] = ()
    role_arn: str | None = None
    on_stack_failure: str | None = None
    include_nested: bool = False


def changes_between(
    stack: Stack, blueprint: Blueprint, tags: Mapping[str, str]
) -> list[dict[str, Any]]:
    """As DescribeChangeSet lists them: ``{"Type": "Resource", "ResourceChange": {…}}``."""
    comparison = Comparison(stack, blueprint, tags)
    return [{"Type": "Resource", "ResourceChange": change} for change in comparison.changes()]


def is_unchanged(
    stack: Stack, blueprint: Blueprint, tags: Mapping[str, str], changes: list[dict[str, Any]]
) -> bool:
    """Whether there is nothing to do: neither resources nor outputs nor the stack's tags differ."""
    before = stack.blueprint.outputs if stack.blueprint else {}
    return not changes and before == blueprint.outputs and dict(tags) == stack.tags
