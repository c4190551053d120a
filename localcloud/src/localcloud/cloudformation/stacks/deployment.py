"""One run that makes a stack's resources what a blueprint says, or takes them away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import CreationTimedOut, ResourceFailure
from localcloud.cloudformation.resources import handler_for, schemas
from localcloud.cloudformation.stacks.resource_operations import (
    StepFailed,
    Steps,
    adopt,
    planned_resource,
)
from localcloud.cloudformation.stacks.stack import STACK_TYPE, Stack, StackResource, Stacks
from localcloud.cloudformation.templates.blueprint import Blueprint, Planned
from localcloud.cloudformation.templates.dynamic_references import DynamicReferences
from localcloud.cloudformation.templates.intrinsics import Evaluator
from localcloud.cloudformation.templates.scopes import LiveScope
from localcloud.cloudformation.templates.template import text_of
from localcloud.gateway.principals import Principal


@dataclass(frozen=True)
class Undo:
    """Takes back what was done to one resource.

    ``take_back`` is given what to skip within a nested stack; ``leave`` puts back only what the
    stack says of the resource.
    """

    resource: StackResource
    take_back: Callable[[frozenset[str]], None]
    leave: Callable[[], None]


class Deployment:
    """Brings ``stack`` to ``blueprint``. ``undo`` takes back what was done, last first."""

    def __init__(
        self, cloud: Cloud, stacks: Stacks, stack: Stack, blueprint: Blueprint, principal: Principal
    ) -> None:
        self._cloud = cloud
        self._stacks = stacks
        self._stack = stack
        self._blueprint = blueprint
        self._principal = principal
        self._steps = Steps(cloud, stacks, stack, principal)
        self._dynamic = DynamicReferences(self._client)
        self._journal: list[Undo] = []
        self._imports: set[str] = set()
        scope = LiveScope(blueprint.template, blueprint.values, blueprint.extended, self)
        self._evaluator = Evaluator(scope)

    def apply(self) -> None:
        """Create, update or replace, each resource after what it needs. Raises StepFailed."""
        for planned in self._blueprint.resources.values():
            existing = self._stack.resources.get(planned.logical_id)
            if existing is None or existing.type != planned.type or _never_was(existing):
                self._create(planned, existing)
            else:
                self._change(planned, existing)
        unwanted = set(self._stack.resources) - set(self._blueprint.resources)
        self._stack.leftovers += [self._stack.resources[logical_id] for logical_id in unwanted]

    def undo(self, skip: frozenset[str] = frozenset()) -> None:
        """Put back what was updated or replaced; what was created becomes a leftover.

        ``skip``: logical ids of what is left as it is, ``Child.Logical`` in a nested stack. Raises
        StepFailed, and goes on there when it is called again.
        """
        stack = self._stack
        stack.leftovers = [
            item for item in stack.leftovers if stack.resources.get(item.logical_id) is not item
        ]
        while self._journal:
            entry = self._journal[-1]
            logical_id = entry.resource.logical_id
            if logical_id in skip:
                entry.leave()
                if entry.resource.status != "UPDATE_COMPLETE":
                    stack.mark(entry.resource, "UPDATE_COMPLETE")
            else:
                within = {name for name in skip if name.startswith(f"{logical_id}.")}
                entry.take_back(frozenset(name.split(".", 1)[1] for name in within))
            self._journal.pop()

    def outputs(self) -> list[dict[str, Any]]:
        """The stack's outputs. Raises ResourceFailure if an export belongs to another stack."""
        exports = self._stacks.exports(self._stack.region)
        made = []
        for name in self._blueprint.outputs:
            output = self._evaluator.evaluate(
                {k: v for k, v in self._output(name).items() if k != "Condition"}
            )
            item = {"OutputKey": name, "OutputValue": text_of(output["Value"])}
            if "Description" in output:
                item["Description"] = output["Description"]
            if "Export" in output:
                item["ExportName"] = text_of(output["Export"]["Name"])
                owner = exports.get(item["ExportName"])
                if owner and owner[0] is not self._stack:
                    raise ResourceFailure(
                        f"Export with name {item['ExportName']} is already exported by stack "
                        f"{owner[0].name}. Rollback requested by user."
                    )
            made.append(item)
        self._stack.imports = self._imports
        return made

    def _output(self, name: str) -> dict[str, Any]:
        output: dict[str, Any] = self._blueprint.template["Outputs"][name]
        return output

    def _create(self, planned: Planned, replaced: StackResource | None) -> None:
        if self._stack.is_late():
            raise CreationTimedOut
        resource = planned_resource(planned)
        self._stack.resources[planned.logical_id] = resource
        self._note_new(resource, replaced)
        self._stack.mark(resource, "CREATE_IN_PROGRESS")
        properties = self._resolved(resource, planned, "CREATE_FAILED")
        self._steps.create(resource, properties)
        if replaced:
            self._stack.leftovers.append(replaced)

    def _note_new(self, created: StackResource, replaced: StackResource | None) -> None:
        def take_back() -> None:
            stack = self._stack
            del stack.resources[created.logical_id]
            if replaced:
                stack.resources[created.logical_id] = replaced
            stack.leftovers = [item for item in stack.leftovers if item is not replaced]
            stack.leftovers.append(created)

        self._journal.append(Undo(created, lambda _: take_back(), take_back))

    def _change(self, planned: Planned, existing: StackResource) -> None:
        settled = not existing.status.endswith("_FAILED")
        self._note_existing(existing)
        properties = self._resolved(existing, planned, "UPDATE_FAILED")
        before = existing.properties
        if settled and properties == before and planned.type != STACK_TYPE:
            adopt(existing, planned)
        elif handler_for(planned.type).replaced_by(self._stack.region, before, properties):
            self._replace(planned, existing, properties)
        else:
            self._update(planned, existing, properties)

    def _note_existing(self, existing: StackResource) -> None:
        restore = _restore(existing)

        def take_back() -> None:
            restore()
            if not existing.status.endswith("_COMPLETE"):
                self._stack.mark(existing, "UPDATE_COMPLETE")

        self._journal.append(Undo(existing, lambda _: take_back(), restore))

    def _update(
        self, planned: Planned, existing: StackResource, properties: dict[str, Any]
    ) -> None:
        before = existing.properties

        def leave() -> None:
            existing.properties, existing.attempted = before, None

        self._journal.append(
            Undo(existing, lambda skip: self._steps.restore(existing, before, skip), leave)
        )
        adopt(existing, planned)
        self._steps.update(existing, properties)

    def _replace(
        self, planned: Planned, existing: StackResource, properties: dict[str, Any]
    ) -> None:
        self._refuse_the_same_name(planned, existing, properties)
        existing.update_replace_policy = planned.update_replace_policy
        self._stack.mark(
            existing,
            "UPDATE_IN_PROGRESS",
            "Requested update requires the creation of a new physical resource; hence "
            "creating one.",
        )
        resource = planned_resource(planned)
        if schemas.deleted_before_replaced(self._stack.region, planned.type):
            self._delete_first(existing)
        else:
            self._note_new(resource, existing)
        self._stack.resources[planned.logical_id] = resource
        self._steps.create(resource, properties)
        self._stack.mark(resource, "UPDATE_COMPLETE")
        if existing.status != "DELETE_COMPLETE":
            self._stack.leftovers.append(existing)

    def _delete_first(self, existing: StackResource) -> None:
        """The old one makes room; taken back by making it again, once the new one is gone."""

        def take_back() -> None:
            created = self._stack.resources[existing.logical_id]
            if created is not existing:
                self._steps.delete(created, "Delete")
                self._stack.resources[existing.logical_id] = existing
            existing.physical_id = None
            self._steps.create(existing, existing.properties)

        self._journal.append(Undo(existing, lambda _: take_back(), take_back))
        self._steps.delete(existing, "Delete")

    def _refuse_the_same_name(
        self, planned: Planned, existing: StackResource, properties: dict[str, Any]
    ) -> None:
        """A new resource cannot be made beside the old one under one name.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
        """
        key = handler_for(planned.type).named_by
        if key and key in properties and properties[key] == existing.properties.get(key):
            told = ResourceFailure(
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {properties[key]} and update the stack again."
            )
            self._steps.fail(existing, "UPDATE_FAILED", told)

    def _resolved(self, resource: StackResource, planned: Planned, failed: str) -> dict[str, Any]:
        try:
            given = self._evaluator.evaluate(planned.properties)
            return self._steps.typed(planned.type, planned.logical_id, given)
        except StepFailed:
            raise
        except Exception as error:
            self._steps.fail(resource, failed, error)

    # What names mean while resources are made (scopes.Lookups).

    def physical_id(self, logical_id: str) -> str:
        return self._stack.resources[logical_id].physical_id or ""

    def attribute(self, logical_id: str, attribute: str) -> Any:
        resource = self._stack.resources[logical_id]
        if attribute not in resource.attributes:
            if resource.type == STACK_TYPE:
                raise ResourceFailure(
                    f"Template error: resource {logical_id} has no output named "
                    f"{attribute.removeprefix('Outputs.')}"
                )
            raise ResourceFailure(
                f"The local cloud does not emulate the attribute {attribute} of {resource.type}."
            )
        return resource.attributes[attribute]

    def exported(self, name: str) -> str:
        found = self._stacks.exports(self._stack.region).get(name)
        if found is None:
            raise ResourceFailure(f"No export named {name} found.")
        self._imports.add(name)
        return str(found[1])

    def zones(self, region: str) -> list[str]:
        region = region or self._stack.region
        answer = self._cloud.clients.client("ec2", region, self._principal)
        found = answer.describe_availability_zones()["AvailabilityZones"]
        return sorted(zone["ZoneName"] for zone in found)

    def dynamic(self, text: str) -> str:
        return self._dynamic.resolve(text)

    def _client(self, service: str) -> Any:
        return self._cloud.clients.client(service, self._stack.region, self._principal)


def _never_was(resource: StackResource) -> bool:
    """It failed to be created, in a stack that was told not to roll back."""
    return resource.status in ("CREATE_FAILED", "DELETE_COMPLETE")


def _restore(resource: StackResource) -> Callable[[], None]:
    names = ("definition", "metadata", "needs", "deletion_policy", "update_replace_policy")
    kept = {name: getattr(resource, name) for name in names}

    def restore() -> None:
        for name, value in kept.items():
            setattr(resource, name, value)

    return restore
