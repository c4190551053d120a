"""Deletes resources: what an update left over, or all of a stack."""

from __future__ import annotations

import logging

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
    """Delete what an update left over.

    As on AWS, a resource that cannot be deleted is left behind, and an event tells of it.
    """
    leftovers = operations.stack.leftovers
    by_key = {str(number): item for number, item in enumerate(leftovers)}
    walk(
        _leftover_order(leftovers),
        lambda key: _delete_leftover(operations, by_key[key], is_rolled_back),
    )
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


def delete_all(
    operations: ResourceOperations, is_new: bool = False, retain: frozenset[str] = frozenset()
) -> list[str]:
    """Delete every resource; returns the logical ids of those that failed.

    Their dependencies stay, because their deletion would fail too. ``is_new``: the resources were
    created in the operation that is rolled back.
    """

    def delete(logical_id: str) -> None:
        resource = resources[logical_id]
        policy = resource.planned.deletion_policy
        if logical_id in retain:
            policy = "Retain"
        elif is_new and policy == "RetainExceptOnCreate":
            policy = "Delete"
        operations.delete(resource, policy)

    clean_up(operations)
    resources = {
        name: item
        for name, item in operations.stack.resources.items()
        if item.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
    }
    needs = {name: item.planned.dependencies for name, item in resources.items()}
    failures = walk(reversed_needs(needs), delete)
    if unexpected := [e for e in failures.values() if not isinstance(e, ResourceOperationFailed)]:
        raise unexpected[0]
    return list(failures)


def _leftover_order(leftovers: list[StackResource]) -> dict[str, set[str]]:
    """Each before its dependencies, or the newest first if replacements make a circle."""
    dependencies = {
        str(number): {
            str(other)
            for other, needed in enumerate(leftovers)
            if needed.logical_id in item.planned.dependencies
        }
        for number, item in enumerate(leftovers)
    }
    try:
        ordered(dependencies)
    except ApiError:
        return {
            str(number): {str(number + 1)} - {str(len(leftovers))}
            for number in range(len(leftovers))
        }
    return reversed_needs(dependencies)
