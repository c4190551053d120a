"""Creates, updates and deletes single resources of a stack, each with its events."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import ResourceFailure, reason_of
from localcloud.cloudformation.resources import provider_of
from localcloud.cloudformation.resources.api_values import tag_map
from localcloud.cloudformation.resources.context import Properties, ResourceContext
from localcloud.cloudformation.resources.validation import validated
from localcloud.cloudformation.stacks.stack import STACK_TYPE, Stack, StackResource, Stacks
from localcloud.gateway.errors import NOT_EMULATED, ApiError, not_emulated
from localcloud.gateway.principals import Principal

log = logging.getLogger(__name__)


class ResourceOperationFailed(Exception):
    """A resource failed; its events tell why."""

    def __init__(self, logical_id: str, status: str) -> None:
        super().__init__(logical_id)
        self.logical_id = logical_id
        self.verb = status.split("_", maxsplit=1)[0].lower()


class ResourcesFailed(Exception):
    """Resources of a stack failed; the words are those of the stack's status reason."""

    def __init__(self, failures: Iterable[ResourceOperationFailed]) -> None:
        names: dict[str, list[str]] = {}
        for failure in failures:
            names.setdefault(failure.verb, []).append(failure.logical_id)
        super().__init__(
            "".join(
                f"The following resource(s) failed to {verb}: [{', '.join(failed)}]. "
                for verb, failed in names.items()
            )
        )


def raise_failures(failures: Mapping[str, Exception]) -> None:
    """Raise ResourcesFailed for failures of resources; an error of another kind comes first."""
    failed = []
    for error in failures.values():
        if not isinstance(error, ResourceOperationFailed):
            raise error
        failed.append(error)
    if failed:
        raise ResourcesFailed(failed)


class ResourceOperations:
    """The operations on one stack's resources, made as ``principal``.

    ``cancelled``: a resource has failed, and what was under way fails with it.
    """

    def __init__(self, cloud: Cloud, stacks: Stacks, stack: Stack, principal: Principal) -> None:
        self.stacks = stacks
        self.stack = stack
        self.cancelled = threading.Event()
        self._cloud = cloud
        self._principal = principal

    def client(self, service: str, region: str = "") -> Any:
        """A client that calls as the deployer."""
        return self._cloud.clients.client(service, region or self.stack.region, self._principal)

    def validated(self, kind: str, logical_id: str, properties: Properties) -> Properties:
        """Evaluated properties as the schema wants them, with the stack's tags."""
        result = validated(self.stack.region, kind, logical_id, properties)
        provider = provider_of(kind)
        if gaps := provider.gaps(self.stack.region, result):
            raise not_emulated(", ".join(gaps))
        result = provider.without_defaults(result)
        if "Tags" in provider.supported and self.stack.tags:
            # Tags of the resource itself come before those of the stack.
            tags = {**self.stack.tags, **tag_map(result.get("Tags"))}
            listed = [{"Key": key, "Value": value} for key, value in tags.items()]
            result["Tags"] = tags if provider.tags_are_map else listed
        return result

    def create(self, resource: StackResource, properties: Properties) -> None:
        resource.properties = properties
        context = self._context(resource, properties)

        def report_created() -> None:
            resource.physical_id = context.physical_id or None
            self.stack.mark(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")

        context.report_created = report_created
        provider = provider_of(resource.type)
        try:
            self._claim_name(resource)
            provider.create(context)
            resource.attributes = provider.read_attributes(context)
            self._check_not_cancelled("Resource creation cancelled")
        except Exception as error:
            self.fail(resource, "CREATE_FAILED", error)
        self.stack.mark(resource, "CREATE_COMPLETE")

    def update(self, resource: StackResource, properties: Properties) -> None:
        """Update in place; if the last update failed, first back to the properties before it."""
        provider, before = provider_of(resource.type), resource.properties
        failed, resource.attempted = resource.attempted, properties
        context = self._context(resource, properties)

        def change() -> None:
            for previous, desired in ((failed, before), (before, properties)):
                if previous is not None and (previous != desired or resource.type == STACK_TYPE):
                    context.previous, context.properties = previous, desired
                    provider.update(context)

        self._change(resource, context, change)

    def restore(self, resource: StackResource, properties: Properties) -> None:
        """Take back an update, also one that failed half-way."""
        context = self._context(resource, properties)
        context.previous = resource.attempted or resource.properties
        self._change(resource, context, lambda: provider_of(resource.type).restore(context))

    def _change(
        self, resource: StackResource, context: ResourceContext, change: Callable[[], None]
    ) -> None:
        self.stack.mark(resource, "UPDATE_IN_PROGRESS")
        properties = context.properties
        try:
            change()
            resource.attributes = provider_of(resource.type).read_attributes(context)
            self._check_not_cancelled("Resource update cancelled")
        except Exception as error:
            if isinstance(error, ApiError) and error.code == NOT_EMULATED:
                resource.attempted = None  # refused before anything was changed
            self.fail(resource, "UPDATE_FAILED", error)
        finally:
            resource.physical_id = context.physical_id or None
        resource.properties, resource.attempted = properties, None
        self.stack.mark(resource, "UPDATE_COMPLETE")

    def delete(self, resource: StackResource, policy: str) -> None:
        """Delete the resource unless ``policy`` retains it."""
        if policy.startswith("Retain"):
            self.stack.mark(resource, "DELETE_SKIPPED")
            return
        self.stack.mark(resource, "DELETE_IN_PROGRESS")
        if resource.physical_id is not None:
            try:
                provider_of(resource.type).delete(self._context(resource, resource.properties))
            except Exception as error:
                self.fail(resource, "DELETE_FAILED", error)
        self.stack.mark(resource, "DELETE_COMPLETE")

    def fail(self, resource: StackResource, status: str, error: Exception) -> NoReturn:
        """Record why a resource failed, and raise ResourceOperationFailed."""
        if not isinstance(error, ResourceFailure):
            log.info("resource failed", extra={"resource": resource.logical_id}, exc_info=error)
        self.stack.mark(resource, status, reason_of(error))
        raise ResourceOperationFailed(resource.logical_id, status) from error

    def _check_not_cancelled(self, reason: str) -> None:
        if self.cancelled.is_set():
            raise ResourceFailure(reason)

    def _claim_name(self, resource: StackResource) -> None:
        """Refuse a name that a resource of another stack has, in CloudFormation's words."""
        key = provider_of(resource.type).unique_name
        if key is None or (name := resource.properties.get(key)) is None:
            return
        with self.stacks.naming:
            for stack in self.stacks.of(self.stack.region):
                for other in list(stack.resources.values()):
                    has_name = other.type == resource.type and other.properties.get(key) == name
                    if has_name and other is not resource and _exists(other):
                        raise ResourceFailure(f"{name} already exists in stack {stack.id}")
            resource.is_name_claimed = True

    def _context(self, resource: StackResource, properties: Properties) -> ResourceContext:
        return ResourceContext(
            cloud=self._cloud,
            region=self.stack.region,
            principal=self._principal,
            stack_id=self.stack.id,
            stack_name=self.stack.name,
            logical_id=resource.logical_id,
            properties=properties,
            physical_id=resource.physical_id or "",
        )


def _exists(resource: StackResource) -> bool:
    """Whether it exists, or is about to be created."""
    if resource.physical_id is None:
        return resource.is_name_claimed and resource.status == "CREATE_IN_PROGRESS"
    return resource.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
