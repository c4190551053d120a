"""Nested stacks: stacks that are a resource of another, deployed within its operation."""

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_values import tag_map
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    names,
    random_suffix,
)
from localcloud.cloudformation.resources.provider import ResourceProvider
from localcloud.cloudformation.stacks.changes import changes_between, is_unchanged
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates.capabilities import check_capabilities
from localcloud.cloudformation.templates.parameters import default_text
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.source import template_text


class NestedStack(ResourceProvider):
    """Deployed in the parent's own thread; ``Ref`` is the nested stack's ARN."""

    def create(self, context: ResourceContext) -> None:
        engine, parent = _engine(context), _parent(context)
        prefix = f"{context.stack_name}-{context.logical_id}"[: 128 - 13]
        stack = engine.new_stack(
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
            stack.template = template = _process(context, stack, parent.capabilities)
        except Exception:
            engine.stacks.remove(stack)
            raise
        context.created(stack.id)
        stack.enter("CREATE_IN_PROGRESS", "User Initiated")
        engine.create(stack, template)
        _require(stack, "CREATE_COMPLETE", "created")

    def read_attributes(self, context: ResourceContext) -> Properties:
        outputs = _nested(context).outputs
        return {f"Outputs.{item['OutputKey']}": item["OutputValue"] for item in outputs}

    def update(self, context: ResourceContext) -> None:
        """Update short of the clean-up, which waits for the parent's."""
        # A stack without changes stays as it is.
        stack, parent = _nested(context), _parent(context)
        stack.capabilities, stack.disable_rollback = parent.capabilities, parent.disable_rollback
        template = _process(context, stack, parent.capabilities)
        tags = tag_map(context.properties.get("Tags"))
        changes = changes_between(stack, template, tags)
        has_failed = not stack.status.endswith("_COMPLETE")
        if has_failed or not is_unchanged(stack, template, tags, changes):
            stack.principal = context.principal
            stack.enter("UPDATE_IN_PROGRESS", "User Initiated")
            if not _engine(context).new_update(stack, template, tags).apply():
                status = "FAILED" if stack.disable_rollback else "ROLLBACK_IN_PROGRESS"
                raise ResourceFailure(
                    f"Embedded stack {stack.id} was not successfully updated. Currently in "
                    f"UPDATE_{status} with reason: {_failure_reason(stack)}"
                )

    def restore(self, context: ResourceContext) -> None:
        """Take back the update that was made within the parent's, if there was one."""
        stack = _nested(context)
        if stack.update:
            stack.update.roll_back()
        if stack.status == "UPDATE_ROLLBACK_FAILED":
            raise ResourceFailure(
                f"Embedded stack {stack.id} was not successfully rolled back: {stack.reason}"
            )

    def delete(self, context: ResourceContext) -> None:
        stack = _engine(context).stacks.find(context.region, context.physical_id)
        if stack is None or stack.status == "DELETE_COMPLETE":
            return
        stack.principal = context.principal
        _engine(context).delete(stack)
        _require(stack, "DELETE_COMPLETE", "deleted")


def _engine(context: ResourceContext) -> Engine:
    return context.cloud.get(Engine)


def _nested(context: ResourceContext) -> Stack:
    return _engine(context).stacks.get(context.region, context.physical_id)


def _parent(context: ResourceContext) -> Stack:
    return _engine(context).stacks.get(context.region, context.stack_id)


def _process(context: ResourceContext, stack: Stack, capabilities: list[str]) -> ProcessedTemplate:
    text = template_text(context.properties, context.client("s3"))
    arguments = [
        {"ParameterKey": key, "ParameterValue": default_text(value)}
        for key, value in context.properties.get("Parameters", {}).items()
    ]
    template = _engine(context).process(stack, context.principal, text, arguments)
    check_capabilities(template, capabilities)
    return template


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


PROVIDERS = (
    NestedStack(type="AWS::CloudFormation::Stack", supported=names("Parameters Tags TemplateURL")),
)
