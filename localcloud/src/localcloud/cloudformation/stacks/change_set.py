"""A change set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localcloud.cloudformation.templates.blueprint import Blueprint

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
