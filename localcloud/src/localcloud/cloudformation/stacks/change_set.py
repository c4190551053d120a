"""A change set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localcloud.cloudformation.templates.processed import ProcessedTemplate


@dataclass
class ChangeSet:
    id: str
    name: str
    type: str  # CREATE or UPDATE
    created: datetime
    template: ProcessedTemplate | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    description: str | None = None
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    execution_status: str = "AVAILABLE"
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: Sequence[str] = ()
    role_arn: str | None = None

    def fail(self, reason: str) -> None:
        self.status, self.reason, self.execution_status = "FAILED", reason, "UNAVAILABLE"

    def note_execution(self, stack_status: str) -> None:
        succeeded = stack_status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        self.execution_status = "EXECUTE_COMPLETE" if succeeded else "EXECUTE_FAILED"
