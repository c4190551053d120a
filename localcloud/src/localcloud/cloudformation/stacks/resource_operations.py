"""One resource at a time: make, change, remove, each with its events."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NoReturn

from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import CreationTimedOut, ResourceFailure, reason_of
from localcloud.cloudformation.resources import handler_for
from localcloud.cloudformation.resources.provider import Site
from localcloud.cloudformation.resources.validation import typed
from localcloud.cloudformation.stacks.stack import STACK_TYPE, Stack, StackResource, Stacks
from localcloud.cloudformation.templates.blueprint import Planned
from localcloud.gateway.errors import NOT_EMULATED, ApiError
from localcloud.gateway.principals import Principal

log = logging.getLogger(__name__)


class StepFailed(Exception):
    """A resource failed; its events say why."""

    def __init__(self, logical_id: str, status: str) -> None:
        super().__init__(logical_id)
        self.logical_id = logical_id
        self.verb = status.split("_", maxsplit=1)[0].lower()


def summary(error: Exception) -> str:
    """Why an operation failed, as the stack's status says it."""
    if isinstance(error, StepFailed):
        return f"The following resource(s) failed to {error.verb}: [{error.logical_id}]. "
    return str(error)


class Steps:
    """The steps on one stack's resources, taken as ``principal``."""

    def __init__(self, cloud: Cloud, stacks: Stacks, stack: Stack, principal: Principal) -> None:
        self._cloud = cloud
        self._stacks = stacks
        self._stack = stack
        self._principal = principal

    def typed(self, kind: str, logical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
        """Resolved properties as the schema wants them, with the stack's tags added where
        the type has tags.
        """
        made = typed(self._stack.region, kind, logical_id, properties)
        handler = handler_for(kind)
        handler.check(self._stack.region, made)
        if "Tags" in handler.consumes and self._stack.tags:
            made["Tags"] = _with_stack_tags(self._stack.tags, made.get("Tags"), handler.tags_as_map)
        return made

    def create(self, resource: StackResource, properties: dict[str, Any]) -> None:
        stack = self._stack
        resource.properties = properties

        def on_created(physical_id: str) -> None:
            resource.physical_id = physical_id
            stack.mark(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")

        handler, site = handler_for(resource.type), self._site(resource, on_created)
        try:
            self._refuse_what_is_taken(resource)
            physical_id = handler.create(site, properties)
            if resource.physical_id is None:
                on_created(physical_id)
            resource.physical_id = physical_id
            resource.attributes = handler.attributes(site, physical_id, properties)
        except CreationTimedOut:
            stack.mark(resource, "CREATE_FAILED", "Resource creation cancelled")
            raise
        except Exception as error:
            self.fail(resource, "CREATE_FAILED", error)
        stack.mark(resource, "CREATE_COMPLETE")

    def update(self, resource: StackResource, properties: dict[str, Any]) -> None:
        """Change in place. After an update that failed half-way, first back to what was before."""
        handler, site = handler_for(resource.type), self._site(resource)
        failed, resource.attempted = resource.attempted, properties

        def change() -> None:
            for old, new in ((failed, resource.properties), (resource.properties, properties)):
                if old is not None and (old != new or resource.type == STACK_TYPE):
                    moved = handler.update(site, resource.physical_id or "", old, new)
                    resource.physical_id = moved or resource.physical_id

        self._change(resource, properties, change, site)

    def restore(
        self, resource: StackResource, before: dict[str, Any], skip: frozenset[str]
    ) -> None:
        """Take an update back, the part of it that was done too.

        ``skip``: what is left as it is within a nested stack.
        """
        handler, site = handler_for(resource.type), self._site(resource, skip=skip)

        def change() -> None:
            wanted = resource.attempted or resource.properties
            moved = handler.restore(site, resource.physical_id or "", wanted, before)
            resource.physical_id = moved or resource.physical_id

        self._change(resource, before, change, site)

    def _change(
        self,
        resource: StackResource,
        properties: dict[str, Any],
        change: Callable[[], None],
        site: Site,
    ) -> None:
        self._stack.mark(resource, "UPDATE_IN_PROGRESS")
        try:
            change()
            physical_id = resource.physical_id or ""
            resource.attributes = handler_for(resource.type).attributes(
                site, physical_id, properties
            )
        except Exception as error:
            if isinstance(error, ApiError) and error.code == NOT_EMULATED:
                resource.attempted = None  # refused before anything was done
            self.fail(resource, "UPDATE_FAILED", error)
        resource.properties, resource.attempted = properties, None
        self._stack.mark(resource, "UPDATE_COMPLETE")

    def delete(self, resource: StackResource, policy: str) -> None:
        """Remove unless ``policy`` retains it."""
        if policy.startswith("Retain"):
            self._stack.mark(resource, "DELETE_SKIPPED")
            return
        self._stack.mark(resource, "DELETE_IN_PROGRESS")
        if resource.physical_id is not None:
            handler, site = handler_for(resource.type), self._site(resource)
            try:
                handler.delete(site, resource.physical_id, resource.properties)
            except Exception as error:
                self.fail(resource, "DELETE_FAILED", error)
        self._stack.mark(resource, "DELETE_COMPLETE")

    def fail(self, resource: StackResource, status: str, error: Exception) -> NoReturn:
        """Record why a resource failed, and raise StepFailed."""
        if not isinstance(error, ResourceFailure):
            log.info("resource failed", extra={"resource": resource.logical_id}, exc_info=error)
        self._stack.mark(resource, status, reason_of(error))
        raise StepFailed(resource.logical_id, status) from error

    def _refuse_what_is_taken(self, resource: StackResource) -> None:
        """A name that another resource of a stack has, as CloudFormation words it."""
        key = handler_for(resource.type).named_by
        if key is None or (name := resource.properties.get(key)) is None:
            return
        for stack in self._stacks.of(self._stack.region):
            for other in stack.resources.values():
                same = other.type == resource.type and other.properties.get(key) == name
                if same and other is not resource and _is_there(other):
                    raise ResourceFailure(f"{name} already exists in stack {stack.id}")

    def _site(
        self,
        resource: StackResource,
        on_created: Callable[[str], None] = lambda _: None,
        skip: frozenset[str] = frozenset(),
    ) -> Site:
        stack = self._stack
        return Site(
            cloud=self._cloud,
            region=stack.region,
            principal=self._principal,
            stack_id=stack.id,
            stack_name=stack.name,
            logical_id=resource.logical_id,
            on_created=on_created,
            deadline=stack.deadline,
            skip=skip,
        )


def _is_there(resource: StackResource) -> bool:
    left = ("DELETE_COMPLETE", "DELETE_SKIPPED")
    return resource.physical_id is not None and resource.status not in left


def planned_resource(planned: Planned) -> StackResource:
    """A resource yet to be made."""
    resource = StackResource(planned.logical_id, planned.type)
    adopt(resource, planned)
    return resource


def adopt(resource: StackResource, planned: Planned) -> None:
    """What the template says of the resource apart from its resolved properties."""
    resource.definition = planned.definition
    resource.metadata = planned.metadata
    resource.needs = planned.needs
    resource.deletion_policy = planned.deletion_policy
    resource.update_replace_policy = planned.update_replace_policy


def _with_stack_tags(stack_tags: dict[str, str], own: Any, as_map: bool) -> Any:
    """Stack-level tags go to every resource that has tags; the resource's own win."""
    if as_map:
        return {**stack_tags, **(own or {})}
    mine = {item["Key"]: item for item in own or []}
    inherited = {key: {"Key": key, "Value": value} for key, value in stack_tags.items()}
    return list({**inherited, **mine}.values())
