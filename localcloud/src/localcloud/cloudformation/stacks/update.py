"""One update of a stack: the changes, and then the clean-up or the roll-back.

An update of a nested stack waits between the two for its parent: what it would delete still
exists if the parent is rolled back.
"""

from localcloud.clock import utc
from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.stacks.deployment import Deployment
from localcloud.cloudformation.stacks.removal import clean_up
from localcloud.cloudformation.stacks.resource_operations import ResourceOperations, ResourcesFailed
from localcloud.cloudformation.stacks.stack import PendingUpdate
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.gateway.errors import ApiError


class Update:
    """It is ``stack.update`` until it is cleaned up after or rolled back."""

    def __init__(
        self, operations: ResourceOperations, template: ProcessedTemplate, tags: dict[str, str]
    ) -> None:
        self._operations = operations
        self._stack = stack = operations.stack
        self._stacks = operations.stacks
        self._template = template
        self._before = (stack.template, stack.outputs, stack.tags)
        self._deployment = Deployment(operations, template)
        stack.tags = tags
        stack.update = self

    def apply(self) -> bool:
        """Create, update and replace. A failure rolls back, unless the stack says not to."""
        stack = self._stack
        try:
            self._deployment.apply()
            outputs = self._deployment.outputs()
        except (ResourcesFailed, ResourceFailure, ApiError) as error:
            self._fail(str(error))
            return False
        stack.template, stack.outputs = self._template, outputs
        stack.updated = utc(stack.clock.now())
        stack.enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        return True

    def finish(self) -> None:
        """Delete what is left over, in nested stacks first."""
        for nested in self._nested_updates():
            nested.finish()
        clean_up(self._operations)
        self._end("UPDATE_COMPLETE")

    def roll_back(self, reason: str | None = None) -> None:
        """Put everything back; may be called again after it failed."""
        stack = self._stack
        stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        stack.template, stack.outputs, stack.tags = self._before
        try:
            self._deployment.undo()
        except ResourcesFailed as error:
            stack.enter("UPDATE_ROLLBACK_FAILED", str(error))
            return
        stack.enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        clean_up(self._operations, is_rolled_back=True)
        self._end("UPDATE_ROLLBACK_COMPLETE")

    def _fail(self, reason: str) -> None:
        if not self._stack.disable_rollback:
            self.roll_back(reason)
            return
        for nested in self._nested_updates():
            nested.finish()
        self._end("UPDATE_FAILED", reason)

    def _end(self, status: str, reason: str | None = None) -> None:
        self._stack.update = None
        self._stack.enter(status, reason)

    def _nested_updates(self) -> list[PendingUpdate]:
        """Updates of nested stacks that wait for this one."""
        ids = [item.physical_id for item in self._stack.resources.values()]
        stacks = [self._stacks.find(self._stack.region, name) for name in ids if name]
        return [stack.update for stack in stacks if stack and stack.update]
