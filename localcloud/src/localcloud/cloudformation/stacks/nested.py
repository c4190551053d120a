"""Nested stacks: stacks that are a resource of another, deployed within its operation."""

from __future__ import annotations

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_values import tag_map
from localcloud.cloudformation.resources.context import Properties, ResourceContext, random_suffix
from localcloud.cloudformation.stacks.changes import changes_between, is_unchanged
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates.capabilities import check_capabilities
from localcloud.cloudformation.templates.parameters import default_text
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.source import template_text


class NestedStacks:
    """What the provider of AWS::CloudFormation::Stack does; a context is that of the resource."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, context: ResourceContext) -> Stack:
        return self._engine.stacks.get(context.region, context.physical_id)

    def create(self, context: ResourceContext) -> None:
        parent = self._parent(context)
        prefix = f"{context.stack_name}-{context.logical_id}"[: 128 - 13]
        stack = self._engine.new_stack(
            context.region,
            f"{prefix}-{random_suffix()}",
            context.principal,
            tags=tag_map(context.properties.get("Tags")),
            capabilities=parent.capabilities,
            disable_rollback=parent.disable_rollback,
            parent_id=parent.id,
            root_id=parent.root_id or parent.id,
        )
        try:
            stack.template = template = self._process(context, stack, parent.capabilities)
        except Exception:
            self._engine.stacks.remove(stack)
            raise
        context.created(stack.id)
        stack.enter("CREATE_IN_PROGRESS", "User Initiated")
        on_failure = "DO_NOTHING" if stack.disable_rollback else "ROLLBACK"
        self._engine.create(stack, template, on_failure)
        _require(stack, "CREATE_COMPLETE", "created")

    def update(self, context: ResourceContext) -> None:
        """Update short of the clean-up, which waits for the parent's.

        A stack without changes stays as it is.
        """
        stack, parent = self.find(context), self._parent(context)
        stack.capabilities, stack.disable_rollback = parent.capabilities, parent.disable_rollback
        template = self._process(context, stack, parent.capabilities)
        tags = tag_map(context.properties.get("Tags"))
        changes = changes_between(stack, template, tags)
        has_failed = not stack.status.endswith("_COMPLETE")
        if has_failed or not is_unchanged(stack, template, tags, changes):
            stack.principal = context.principal
            stack.enter("UPDATE_IN_PROGRESS", "User Initiated")
            if not self._engine.new_update(stack, template, tags).apply():
                status = "FAILED" if stack.disable_rollback else "ROLLBACK_IN_PROGRESS"
                raise ResourceFailure(
                    f"Embedded stack {stack.id} was not successfully updated. Currently in "
                    f"UPDATE_{status} with reason: {_failure_reason(stack)}"
                )

    def roll_back(self, context: ResourceContext) -> None:
        """Take back the update that was made within the parent's, if there was one."""
        stack = self.find(context)
        if stack.update:
            stack.update.roll_back()
        if stack.status == "UPDATE_ROLLBACK_FAILED":
            raise ResourceFailure(
                f"Embedded stack {stack.id} was not successfully rolled back: {stack.reason}"
            )

    def delete(self, context: ResourceContext) -> None:
        stack = self._engine.stacks.find(context.region, context.physical_id)
        if stack is None or stack.status == "DELETE_COMPLETE":
            return
        stack.principal = context.principal
        self._engine.delete(stack)
        _require(stack, "DELETE_COMPLETE", "deleted")

    def _parent(self, context: ResourceContext) -> Stack:
        return self._engine.stacks.get(context.region, context.stack_id)

    def _process(
        self, context: ResourceContext, stack: Stack, capabilities: list[str]
    ) -> ProcessedTemplate:
        text = template_text(context.properties, context.client("s3"))
        arguments = _arguments(context.properties)
        template = self._engine.process(stack, context.principal, text, arguments)
        check_capabilities(template, capabilities)
        return template


def _arguments(properties: Properties) -> list[dict[str, str]]:
    """A nested stack's parameters as the API takes them."""
    return [
        {"ParameterKey": key, "ParameterValue": default_text(value)}
        for key, value in properties.get("Parameters", {}).items()
    ]


def _require(stack: Stack, status: str, verb: str) -> None:
    if stack.status != status:
        raise ResourceFailure(
            f"Embedded stack {stack.id} was not successfully {verb}: {_failure_reason(stack)}"
        )


def _failure_reason(stack: Stack) -> str:
    """The reason of the last status that tells of the failure itself; a roll-back has its own."""
    reasons = [
        event["ResourceStatusReason"]
        for event in stack.events
        if event["PhysicalResourceId"] == stack.id
        and (
            "ROLLBACK_IN_PROGRESS" in event["ResourceStatus"] or "FAILED" in event["ResourceStatus"]
        )
        and event.get("ResourceStatusReason")
    ]
    return reasons[-1].replace("Rollback requested by user.", "") if reasons else stack.status
