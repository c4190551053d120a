"""One run that makes a stack's resources what a blueprint says, or takes them away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localcloud.cloud import Cloud
from localcloud.cloudformation import graph, schemas
from localcloud.cloudformation.blueprint import Blueprint, Planned
from localcloud.cloudformation.dynamic import DynamicReferences
from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.intrinsics import Evaluator
from localcloud.cloudformation.scopes import LiveScope
from localcloud.cloudformation.stack import STACK_TYPE, Stack, StackResource, Stacks
from localcloud.cloudformation.steps import StepFailed, Steps, adopt, planned_resource
from localcloud.cloudformation.template import text_of
from localcloud.gateway.principals import Principal


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
        self._steps = Steps(cloud, stack, principal)
        self._dynamic = DynamicReferences(self._client)
        self._earlier = list(stack.leftovers)  # of an update that failed and was not rolled back
        self._journal: list[Callable[[], None]] = []
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

    def undo(self) -> None:
        """Put back what was updated or replaced; what was created becomes a leftover.

        Raises StepFailed.
        """
        self._stack.leftovers = self._earlier
        while self._journal:
            self._journal.pop()()

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
        resource = planned_resource(planned)
        resources = self._stack.resources
        resources[planned.logical_id] = resource
        self._journal.append(lambda: self._take_back(resource, replaced))
        self._stack.mark(resource, "CREATE_IN_PROGRESS")
        properties = self._resolved(resource, planned, "CREATE_FAILED")
        self._steps.create(resource, properties)
        if replaced:
            self._stack.leftovers.append(replaced)

    def _take_back(self, created: StackResource, replaced: StackResource | None) -> None:
        if replaced:
            self._stack.resources[created.logical_id] = replaced
        else:
            del self._stack.resources[created.logical_id]
        self._stack.leftovers.append(created)

    def _change(self, planned: Planned, existing: StackResource) -> None:
        properties = self._resolved(existing, planned, "UPDATE_FAILED")
        before = existing.properties
        settled = not existing.status.endswith("_FAILED")
        if settled and properties == before and planned.type != STACK_TYPE:
            self._journal.append(_restore(existing))
            adopt(existing, planned)
            return
        fixed = schemas.replaced_by(self._stack.region, planned.type, before, properties)
        if fixed:
            self._replace(planned, existing, properties)
            return
        restore = _restore(existing)

        def back() -> None:
            restore()
            self._steps.update(existing, before)

        self._journal.append(back)
        adopt(existing, planned)
        self._steps.update(existing, properties)

    def _replace(
        self, planned: Planned, existing: StackResource, properties: dict[str, Any]
    ) -> None:
        existing.update_replace_policy = planned.update_replace_policy
        self._stack.mark(
            existing,
            "UPDATE_IN_PROGRESS",
            "Requested update requires the creation of a new physical resource; hence "
            "creating one.",
        )
        resource = planned_resource(planned)
        self._stack.resources[planned.logical_id] = resource
        self._journal.append(lambda: self._take_back(resource, existing))
        self._steps.create(resource, properties)
        self._stack.mark(resource, "UPDATE_COMPLETE")
        self._stack.leftovers.append(existing)

    def _resolved(self, resource: StackResource, planned: Planned, failed: str) -> dict[str, Any]:
        try:
            return self._steps.typed(planned.type, self._evaluator.evaluate(planned.properties))
        except StepFailed:
            raise
        except Exception as error:
            self._steps.fail(resource, failed, error)
            raise

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


def removal_order(resources: dict[str, StackResource]) -> list[StackResource]:
    """What needs others goes first."""
    order = graph.ordered({name: item.needs & resources.keys() for name, item in resources.items()})
    return [resources[name] for name in reversed(order)]
