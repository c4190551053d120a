"""Deletes resources: what an update left over, or all of a stack."""

import logging
from collections.abc import Callable

from localcloud.cloudformation.stacks.resource_operations import (
    ResourceOperationFailed,
    ResourceOperations,
)
from localcloud.cloudformation.stacks.stack import StackResource
from localcloud.cloudformation.stacks.walk import reversed_needs, walk
from localcloud.cloudformation.templates.dependencies import ordered
from localcloud.gateway.errors import ApiError

log = logging.getLogger(__name__)


def clean_up(operations: ResourceOperations, is_rolled_back: bool = False) -> None:
    """Delete what an update left over."""
    # As on AWS, a resource that cannot be deleted is left behind, and an event tells of it.
    leftovers = operations.stack.leftovers
    _walk(leftovers, lambda resource: _delete_leftover(operations, resource, is_rolled_back))
    leftovers.clear()


def _delete_leftover(
    operations: ResourceOperations, resource: StackResource, is_rolled_back: bool
) -> None:
    resources = operations.stack.resources
    current = resources.get(resource.logical_id)
    if current is resource:
        del resources[resource.logical_id]
    is_replaced = current is not None and current is not resource
    policy = resource.planned.deletion_policy
    if is_rolled_back:
        # The update created it: only Retain retains it.
        policy = "Retain" if policy == "Retain" else "Delete"
    elif is_replaced:
        policy = resource.planned.update_replace_policy
    try:
        operations.delete(resource, policy)
    except ResourceOperationFailed:
        log.info("left behind", extra={"resource": resource.physical_id})


def delete_all(operations: ResourceOperations, is_new: bool = False) -> list[str]:
    """Delete all; returns the names that failed. ``is_new``: a creation is rolled back."""
    # The dependencies of what failed stay, because their deletion would fail too.

    def delete(resource: StackResource) -> None:
        policy = resource.planned.deletion_policy
        is_deleted = is_new and policy == "RetainExceptOnCreate"
        operations.delete(resource, "Delete" if is_deleted else policy)

    clean_up(operations)
    existing = [
        item
        for item in operations.stack.resources.values()
        if item.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
    ]
    failures = _walk(existing, delete)
    if unexpected := [e for e in failures if not isinstance(e, ResourceOperationFailed)]:
        raise unexpected[0]
    return [error.logical_id for error in failures if isinstance(error, ResourceOperationFailed)]


def _walk(
    resources: list[StackResource], delete: Callable[[StackResource], None]
) -> list[Exception]:
    """Delete each before its dependencies; returns the failures."""
    # Replacements may make a circle: then the newest goes first.
    by_key = {str(number): item for number, item in enumerate(resources)}
    dependencies = {
        key: {other for other in by_key if by_key[other].logical_id in item.planned.dependencies}
        for key, item in by_key.items()
    }
    try:
        ordered(dependencies)
    except ApiError:
        dependencies = {key: {str(int(key) - 1)} & by_key.keys() for key in by_key}
    failures = walk(reversed_needs(dependencies), lambda key: delete(by_key[key]))
    return list(failures.values())
