"""One update of a stack: the changes, then the clean-up, or the way back.

An update of a nested stack waits between the two for its parent: what it would remove is still
there if the parent is rolled back.
"""

from __future__ import annotations

from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.stacks.deployment import Deployment
from localcloud.cloudformation.stacks.removal import clean_up
from localcloud.cloudformation.stacks.resource_operations import StepFailed, Steps, summary
from localcloud.cloudformation.stacks.stack import PendingUpdate, Stack, Stacks
from localcloud.cloudformation.templates.blueprint import Blueprint
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import Principal


class Update:
    """Kept as ``stack.update`` until it is cleaned up after, or taken back."""

    def __init__(
        self,
        cloud: Cloud,
        stacks: Stacks,
        stack: Stack,
        blueprint: Blueprint,
        tags: dict[str, str],
        principal: Principal,
    ) -> None:
        self._stack = stack
        self._stacks = stacks
        self._blueprint = blueprint
        self._before = (stack.blueprint, stack.outputs, stack.tags, stack.imports)
        self._steps = Steps(cloud, stacks, stack, principal)
        stack.tags = tags
        self._run = Deployment(cloud, stacks, stack, blueprint, principal)
        stack.update = self

    def change(self) -> bool:
        """Create, change and replace. If that fails roll back, unless the stack says not to."""
        stack = self._stack
        try:
            self._run.apply()
            outputs = self._run.outputs()
            self._check_exports(outputs)
        except (StepFailed, ResourceFailure, ApiError) as error:
            self._failed(summary(error))
            return False
        stack.blueprint, stack.outputs = self._blueprint, outputs
        stack.updated = utc(stack.clock.now())
        stack.enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        return True

    def settle(self) -> None:
        """Remove what is left over, in nested stacks first."""
        for nested in self._nested():
            nested.settle()
        clean_up(self._stack, self._steps)
        self._stack.update = None
        self._stack.enter("UPDATE_COMPLETE")

    def roll_back(self, reason: str | None = None, skip: frozenset[str] = frozenset()) -> None:
        """Back to what was; may be called again after it failed."""
        stack = self._stack
        stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        stack.blueprint, stack.outputs, stack.tags, stack.imports = self._before
        try:
            self._run.undo(skip)
        except StepFailed as error:
            stack.enter("UPDATE_ROLLBACK_FAILED", summary(error))
            return
        stack.enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        clean_up(stack, self._steps, rolled_back=True)
        stack.update = None
        stack.enter("UPDATE_ROLLBACK_COMPLETE")

    def _failed(self, reason: str) -> None:
        if not self._stack.disable_rollback:
            self.roll_back(reason)
            return
        for nested in self._nested():
            nested.settle()
        self._stack.update = None
        self._stack.enter("UPDATE_FAILED", reason)

    def _nested(self) -> list[PendingUpdate]:
        """Updates of nested stacks that wait for this one."""
        ids = [item.physical_id for item in self._stack.resources.values()]
        found = [self._stacks.find(self._stack.region, name) for name in ids if name]
        return [stack.update for stack in found if stack and stack.update]

    def _check_exports(self, outputs: list[dict[str, Any]]) -> None:
        """An export that others import can be neither removed nor changed."""
        after = {
            item["ExportName"]: item["OutputValue"] for item in outputs if "ExportName" in item
        }
        for item in self._stack.outputs:
            name = item.get("ExportName")
            if name is None or after.get(name) == item["OutputValue"]:
                continue
            if users := self._stacks.importers(self._stack.region, name):
                verb = "update" if name in after else "delete"
                raise ResourceFailure(
                    f"Cannot {verb} export {name} as it is in use by {' and '.join(users)}."
                )
