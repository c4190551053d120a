"""Brings the resources of a stack to what a template says, and takes that back."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources import provider_of, schemas
from localcloud.cloudformation.resources.context import Properties
from localcloud.cloudformation.stacks.live_scope import LiveScope
from localcloud.cloudformation.stacks.resource_operations import ResourceOperations, raise_failures
from localcloud.cloudformation.stacks.stack import STACK_TYPE, StackResource
from localcloud.cloudformation.stacks.walk import reversed_needs, walk
from localcloud.cloudformation.templates.checks import check_output
from localcloud.cloudformation.templates.intrinsics import Evaluator
from localcloud.cloudformation.templates.processed import PlannedResource, ProcessedTemplate
from localcloud.cloudformation.templates.template import text_of


class Deployment:
    """``apply`` brings ``stack`` to ``template``, ``undo`` takes that back in reverse order."""

    def __init__(self, operations: ResourceOperations, template: ProcessedTemplate) -> None:
        self._operations = operations
        self._stack = operations.stack
        self._template = template
        # By logical id: what takes back each step. One thread at a time works on a resource.
        self._journal: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)
        self._evaluator = Evaluator(LiveScope(operations, template))

    def apply(self) -> None:
        """Create, update or replace, each after its dependencies. Raises ResourcesFailed."""
        needs = {name: item.dependencies for name, item in self._template.resources.items()}
        raise_failures(walk(needs, self._apply_resource, self._operations.cancelled.is_set))
        removed = set(self._stack.resources) - set(self._template.resources)
        self._stack.leftovers += [self._stack.resources[logical_id] for logical_id in removed]

    def undo(self) -> None:
        """Put back what was updated or replaced; what was created becomes a leftover."""
        # After ResourcesFailed the next call goes on where it failed.
        stack = self._stack
        self._operations.cancelled.clear()
        stack.leftovers = [
            item for item in stack.leftovers if stack.resources.get(item.logical_id) is not item
        ]
        planned = self._template.resources
        needs = reversed_needs({name: planned[name].dependencies for name in self._journal})
        raise_failures(walk(needs, self._take_back))

    def _apply_resource(self, logical_id: str) -> None:
        """A failure cancels the others, unless the stack keeps what succeeds."""
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
        planned = self._template.resources[logical_id]
        existing = self._stack.resources.get(logical_id)
        try:
            if existing is None or existing.type != planned.type or _is_uncreated(existing):
                self._create(planned, existing)
            else:
                self._change(planned, existing)
        except Exception:
            if not self._stack.disable_rollback:
                self._operations.cancelled.set()
            raise

    def _take_back(self, logical_id: str) -> None:
        steps = self._journal[logical_id]
        while steps:
            steps[-1]()
            steps.pop()
        del self._journal[logical_id]

    def outputs(self) -> list[dict[str, Any]]:
        """The stack's outputs, as DescribeStacks shows them."""
        outputs = []
        for name in self._template.outputs:
            definition = {**self._template.body["Outputs"][name]}
            definition.pop("Condition", None)
            output = self._evaluator.evaluate(definition)
            check_output(output)
            item = {"OutputKey": name, "OutputValue": text_of(output["Value"])}
            if "Description" in output:
                item["Description"] = output["Description"]
            outputs.append(item)
        return outputs

    def _create(self, planned: PlannedResource, replaced: StackResource | None) -> None:
        resource = StackResource(planned)
        self._stack.resources[planned.logical_id] = resource
        self._record_creation(resource, replaced)
        self._stack.mark(resource, "CREATE_IN_PROGRESS")
        properties = self._evaluated(resource, planned, "CREATE_FAILED")
        self._operations.create(resource, properties)
        if replaced:
            self._stack.leftovers.append(replaced)

    def _record_creation(self, created: StackResource, replaced: StackResource | None) -> None:
        def take_back() -> None:
            stack = self._stack
            del stack.resources[created.logical_id]
            if replaced:
                stack.resources[created.logical_id] = replaced
            if replaced in stack.leftovers:
                stack.leftovers.remove(replaced)
            stack.leftovers.append(created)

        self._journal[created.logical_id].append(take_back)

    def _change(self, planned: PlannedResource, existing: StackResource) -> None:
        has_failed = existing.status.endswith("_FAILED")
        self._record_planned(existing)
        properties = self._evaluated(existing, planned, "UPDATE_FAILED")
        before = existing.properties
        if not has_failed and properties == before and planned.type != STACK_TYPE:
            existing.planned = planned
        elif provider_of(planned.type).replaced_by(self._stack.region, before, properties):
            self._replace(planned, existing, properties)
        else:
            self._update(planned, existing, properties)

    def _record_planned(self, existing: StackResource) -> None:
        planned = existing.planned

        def take_back() -> None:
            existing.planned = planned
            if not existing.status.endswith("_COMPLETE"):
                self._stack.mark(existing, "UPDATE_COMPLETE")

        self._journal[existing.logical_id].append(take_back)

    def _update(
        self, planned: PlannedResource, existing: StackResource, properties: Properties
    ) -> None:
        restore = partial(self._operations.restore, existing, existing.properties)
        self._journal[existing.logical_id].append(restore)
        existing.planned = planned
        self._operations.update(existing, properties)

    def _replace(
        self, planned: PlannedResource, existing: StackResource, properties: Properties
    ) -> None:
        self._refuse_same_name(planned, existing, properties)
        policy = planned.update_replace_policy
        existing.planned = replace(existing.planned, update_replace_policy=policy)
        self._stack.mark(
            existing,
            "UPDATE_IN_PROGRESS",
            "Requested update requires the creation of a new physical resource; hence "
            "creating one.",
        )
        resource = StackResource(planned)
        if schemas.is_deleted_before_replaced(self._stack.region, planned.type):
            self._delete_first(existing)
        else:
            self._record_creation(resource, existing)
        self._stack.resources[planned.logical_id] = resource
        self._operations.create(resource, properties)
        self._stack.mark(resource, "UPDATE_COMPLETE")
        if existing.status != "DELETE_COMPLETE":
            self._stack.leftovers.append(existing)

    def _delete_first(self, existing: StackResource) -> None:
        """Delete before the new one is created; the roll-back creates it again."""

        def take_back() -> None:
            created = self._stack.resources[existing.logical_id]
            if created is not existing:
                self._operations.delete(created, "Delete")
                self._stack.resources[existing.logical_id] = existing
            existing.physical_id = None
            self._operations.create(existing, existing.properties)

        self._journal[existing.logical_id].append(take_back)
        self._operations.delete(existing, "Delete")

    def _refuse_same_name(
        self, planned: PlannedResource, existing: StackResource, properties: Properties
    ) -> None:
        """A new resource cannot be created beside the old one under one name."""
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
        key = provider_of(planned.type).unique_name
        if key and key in properties and properties[key] == existing.properties.get(key):
            error = ResourceFailure(
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {properties[key]} and update the stack again."
            )
            self._operations.fail(existing, "UPDATE_FAILED", error)

    def _evaluated(
        self, resource: StackResource, planned: PlannedResource, failed_status: str
    ) -> Properties:
        try:
            properties = self._evaluator.evaluate(planned.properties)
            return self._operations.validated(planned.type, planned.logical_id, properties)
        except Exception as error:
            self._operations.fail(resource, failed_status, error)


def _is_uncreated(resource: StackResource) -> bool:
    """Whether its creation failed, in a stack that does not roll back."""
    return resource.status in ("CREATE_FAILED", "DELETE_COMPLETE")
