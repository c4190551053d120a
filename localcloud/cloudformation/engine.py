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
from localcloud.cloudformation import graph
from localcloud.cloudformation.blueprint import Blueprint
from localcloud.cloudformation.deployment import Deployment, removal_order
from localcloud.cloudformation.errors import ResourceFailure, reason_of
from localcloud.cloudformation.stack import Stack, StackResource, Stacks
from localcloud.cloudformation.steps import StepFailed, Steps
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
        run = Deployment(self.cloud, self.stacks, stack, blueprint, self._acts_as(stack))
        try:
            run.apply()
            stack.outputs = run.outputs()
        except (StepFailed, ResourceFailure, ApiError) as error:
            self._creation_failed(stack, _summary(error), on_failure)
            return
        stack.enter("CREATE_COMPLETE")

    def update(self, stack: Stack, blueprint: Blueprint, tags: dict[str, str]) -> None:
        """Change what differs, then clean up; on failure roll back, unless the stack says
        not to.
        """
        before = stack.tags
        stack.tags = tags
        run = Deployment(self.cloud, self.stacks, stack, blueprint, self._acts_as(stack))
        try:
            run.apply()
            outputs = run.outputs()
            self._check_exports(stack, outputs)
        except (StepFailed, ResourceFailure, ApiError) as error:
            self._update_failed(stack, run, _summary(error), before)
            return
        stack.blueprint, stack.outputs = blueprint, outputs
        stack.updated = utc(self.cloud.clock.now())
        stack.enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up(stack)
        stack.enter("UPDATE_COMPLETE")

    def delete(self, stack: Stack, retain: frozenset[str] = frozenset()) -> None:
        """Remove every resource, those first that others do not need.

        ``retain``: left where they failed before.
        """
        stack.enter("DELETE_IN_PROGRESS", "User Initiated")
        for export in [item["ExportName"] for item in stack.outputs if "ExportName" in item]:
            if users := self.stacks.importers(stack.region, export):
                stack.enter(
                    "DELETE_FAILED",
                    f"Delete canceled. Cannot delete export {export} as it is in use by "
                    f"{' and '.join(users)}.",
                )
                return
        if failed := self._remove_all(stack, created_now=False, retain=retain):
            names = ", ".join(failed)
            stack.enter("DELETE_FAILED", f"The following resource(s) failed to delete: [{names}]. ")
            return
        stack.deleted = utc(self.cloud.clock.now())
        stack.enter("DELETE_COMPLETE")

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
        if failed := self._remove_all(stack, created_now=True):
            stack.enter(
                f"{last}_FAILED",
                f"The following resource(s) failed to delete: [{', '.join(failed)}]. ",
            )
            return
        if deleting:
            stack.deleted = utc(self.cloud.clock.now())
        stack.enter(f"{last}_COMPLETE")

    def _update_failed(
        self, stack: Stack, run: Deployment, reason: str, tags: dict[str, str]
    ) -> None:
        if stack.disable_rollback:
            stack.enter("UPDATE_FAILED", reason)
            return
        stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        stack.tags = tags
        try:
            run.undo()
        except StepFailed as error:
            stack.enter("UPDATE_ROLLBACK_FAILED", _summary(error))
            return
        stack.enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up(stack, rolled_back=True)
        stack.enter("UPDATE_ROLLBACK_COMPLETE")

    def _clean_up(self, stack: Stack, rolled_back: bool = False) -> None:
        """Remove what the update left over.

        As on AWS, what cannot be removed is left behind and said in an event.
        """
        steps = Steps(self.cloud, stack, self._acts_as(stack))
        for resource in _leftover_order(stack.leftovers):
            current = stack.resources.get(resource.logical_id)
            if current is resource:
                del stack.resources[resource.logical_id]
            replaced = current is not None and current is not resource
            policy = resource.update_replace_policy if replaced else resource.deletion_policy
            if rolled_back:
                policy = "Retain" if resource.deletion_policy == "Retain" else "Delete"
            try:
                steps.delete(resource, policy)
            except StepFailed:
                log.info("left behind", extra={"resource": resource.physical_id})
        stack.leftovers.clear()

    def _remove_all(
        self, stack: Stack, created_now: bool, retain: frozenset[str] = frozenset()
    ) -> list[str]:
        """Names of those that could not be removed.

        What others still need stays, as they would fail.
        """
        steps = Steps(self.cloud, stack, self._acts_as(stack))
        failed: list[str] = []
        kept: set[str] = set()
        self._clean_up(stack)
        for resource in removal_order(stack.resources):
            if resource.status == "DELETE_COMPLETE":
                continue
            if resource.logical_id in kept:
                kept |= resource.needs
                continue
            policy = resource.deletion_policy
            if resource.logical_id in retain:
                policy = "Retain"
            elif created_now and policy == "RetainExceptOnCreate":
                policy = "Delete"
            try:
                steps.delete(resource, policy)
            except StepFailed:
                failed.append(resource.logical_id)
                kept |= resource.needs
        return failed

    def _check_exports(self, stack: Stack, outputs: list[dict[str, Any]]) -> None:
        """An export that others import can be neither removed nor changed."""
        after = {
            item["ExportName"]: item["OutputValue"] for item in outputs if "ExportName" in item
        }
        for item in stack.outputs:
            name = item.get("ExportName")
            if name is None or after.get(name) == item["OutputValue"]:
                continue
            if users := self.stacks.importers(stack.region, name):
                verb = "update" if name in after else "delete"
                raise ResourceFailure(
                    f"Cannot {verb} export {name} as it is in use by {' and '.join(users)}."
                )


def _leftover_order(leftovers: list[StackResource]) -> list[StackResource]:
    """What needs others goes first; what replaced what may make a circle, then the newest goes
    first.
    """
    by_key = {str(number): item for number, item in enumerate(leftovers)}
    needs = {
        key: {other for other, found in by_key.items() if found.logical_id in item.needs}
        for key, item in by_key.items()
    }
    try:
        return [by_key[key] for key in reversed(graph.ordered(needs))]
    except ApiError:
        return list(reversed(leftovers))


def _summary(error: Exception) -> str:
    if isinstance(error, StepFailed):
        return f"The following resource(s) failed to {error.verb}: [{error.logical_id}]. "
    return str(error)
