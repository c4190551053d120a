"""Operations on whole stacks: their statuses, roll-back, clean-up.

Runs each in a thread of its own.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import ResourceFailure, reason_of
from localcloud.cloudformation.stacks.deployment import Deployment
from localcloud.cloudformation.stacks.removal import remove_all
from localcloud.cloudformation.stacks.resource_operations import StepFailed, Steps, summary
from localcloud.cloudformation.stacks.stack import Stack, Stacks
from localcloud.cloudformation.stacks.update import Update
from localcloud.cloudformation.templates.blueprint import Blueprint
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import Principal, role_session

log = logging.getLogger(__name__)

# How long an answer may wait for a short operation to end, in real seconds. AWS CLI and SAM CLI
# poll every 15 or 30 s: a stack of a few buckets then takes a moment and not half a minute.
# Longer operations are answered while they are in progress, as on AWS.
PATIENCE = 4.0


class Engine:
    """Makes, changes and removes stacks."""

    def __init__(self, cloud: Cloud, patience: float = PATIENCE) -> None:
        self.cloud = cloud
        self.stacks = Stacks()
        self.patience = patience

    def new_stack(self, region: str, name: str, principal: Principal, **more: Any) -> Stack:
        account = self.cloud.settings.account_id
        stack = Stack(
            id=f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}",
            name=name,
            region=region,
            clock=self.cloud.clock,
            principal=principal,
            created=utc(self.cloud.clock.now()),
            **more,
        )
        stack.idle.set()
        self.stacks.add(stack)
        return stack

    def start(self, stack: Stack, operation: Callable[[], None]) -> None:
        """Run ``operation`` in a thread, after what is already running on the stack."""
        stack.idle.clear()
        thread = threading.Thread(
            target=self._run, args=(stack, operation), name=f"stack {stack.name}", daemon=True
        )
        thread.start()
        thread.join(self.patience)

    def create(self, stack: Stack, blueprint: Blueprint, on_failure: str = "ROLLBACK") -> None:
        """Make every resource.

        On failure: ROLLBACK, DO_NOTHING or DELETE. To be run on the stack's thread.
        """
        stack.blueprint = blueprint
        if stack.timeout_minutes:
            stack.deadline = self.cloud.clock.now() + 60 * stack.timeout_minutes
        run = Deployment(self.cloud, self.stacks, stack, blueprint, self._acts_as(stack))
        try:
            run.apply()
            stack.outputs = run.outputs()
        except (StepFailed, ResourceFailure, ApiError) as error:
            self._creation_failed(stack, summary(error), on_failure)
            return
        finally:
            stack.deadline = None
        stack.enter("CREATE_COMPLETE")

    def update(self, stack: Stack, blueprint: Blueprint, tags: dict[str, str]) -> None:
        """Change what differs, then clean up; on failure roll back, unless the stack says
        not to.
        """
        update = self.begin_update(stack, blueprint, tags)
        if update.change():
            update.settle()

    def begin_update(self, stack: Stack, blueprint: Blueprint, tags: dict[str, str]) -> Update:
        return Update(self.cloud, self.stacks, stack, blueprint, tags, self._acts_as(stack))

    def continue_rollback(self, stack: Stack, skip: frozenset[str]) -> None:
        """Go on with a roll-back that failed; ``skip`` is left as it is."""
        if stack.update:
            stack.update.roll_back("User Initiated", skip)

    def delete(self, stack: Stack, retain: frozenset[str] = frozenset()) -> None:
        """Remove every resource, those first that others do not need.

        ``retain``: left where they failed before.
        """
        stack.enter("DELETE_IN_PROGRESS", "User Initiated")
        stack.update = None
        for export in [item["ExportName"] for item in stack.outputs if "ExportName" in item]:
            if users := self.stacks.importers(stack.region, export):
                stack.enter(
                    "DELETE_FAILED",
                    f"Delete canceled. Cannot delete export {export} as it is in use by "
                    f"{' and '.join(users)}.",
                )
                return
        if failed := remove_all(stack, self._steps(stack), created_now=False, retain=retain):
            names = ", ".join(failed)
            stack.enter("DELETE_FAILED", f"The following resource(s) failed to delete: [{names}]. ")
            return
        stack.deleted = utc(self.cloud.clock.now())
        stack.enter("DELETE_COMPLETE")

    def _steps(self, stack: Stack) -> Steps:
        return Steps(self.cloud, self.stacks, stack, self._acts_as(stack))

    def _acts_as(self, stack: Stack) -> Principal:
        return (
            role_session(stack.role_arn, "AWSCloudFormation") if stack.role_arn else stack.principal
        )

    def _run(self, stack: Stack, operation: Callable[[], None]) -> None:
        with stack.operation:
            stack.idle.clear()
            try:
                operation()
            except Exception as error:
                # A defect of ours: no status of AWS's fits, but the waiting caller must see that it
                # failed, and why.
                log.exception("stack operation failed inside the local cloud")
                failed = stack.status.split("_", maxsplit=1)[0] + "_FAILED"
                stack.enter(failed, f"local cloud: {reason_of(error)}")
            finally:
                stack.idle.set()

    def _creation_failed(self, stack: Stack, reason: str, on_failure: str) -> None:
        if on_failure == "DO_NOTHING":
            stack.enter("CREATE_FAILED", reason)
            return
        deleting = on_failure == "DELETE"
        first, last = ("DELETE", "DELETE") if deleting else ("ROLLBACK", "ROLLBACK")
        stack.enter(
            f"{first}_IN_PROGRESS",
            f"{reason}{'Delete' if deleting else 'Rollback'} requested by user.",
        )
        if failed := remove_all(stack, self._steps(stack), created_now=True):
            stack.enter(
                f"{last}_FAILED",
                f"The following resource(s) failed to delete: [{', '.join(failed)}]. ",
            )
            return
        if deleting:
            stack.deleted = utc(self.cloud.clock.now())
        stack.enter(f"{last}_COMPLETE")
