"""Deletes resources: what an update left over, or all of a stack."""

from __future__ import annotations

import logging

from localcloud.cloudformation.stacks.resource_operations import (
    ResourceOperationFailed,
    ResourceOperations,
)
from localcloud.cloudformation.stacks.stack import StackResource
from localcloud.cloudformation.templates.dependencies import ordered
from localcloud.gateway.errors import ApiError

log = logging.getLogger(__name__)


def clean_up(operations: ResourceOperations, is_rolled_back: bool = False) -> None:
    """Delete what an update left over.

    As on AWS, a resource that cannot be deleted is left behind, and an event tells of it.
    """
    stack = operations.stack
    for resource in _leftover_order(stack.leftovers):
        current = stack.resources.get(resource.logical_id)
        if current is resource:
            del stack.resources[resource.logical_id]
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
    stack.leftovers.clear()


def delete_all(
    operations: ResourceOperations, is_new: bool = False, retain: frozenset[str] = frozenset()
) -> list[str]:
    """Delete every resource; returns the logical ids of those that failed.

    Their dependencies stay, because their deletion would fail too. ``is_new``: the resources were
    created in the operation that is rolled back.
    """
    failed: list[str] = []
    needed: set[str] = set()
    clean_up(operations)
    for resource in _deletion_order(operations.stack.resources):
        if resource.status in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
            continue
        if resource.logical_id in needed:
            needed |= resource.planned.dependencies
            continue
        policy = resource.planned.deletion_policy
        if resource.logical_id in retain:
            policy = "Retain"
        elif is_new and policy == "RetainExceptOnCreate":
            policy = "Delete"
        try:
            operations.delete(resource, policy)
        except ResourceOperationFailed:
            failed.append(resource.logical_id)
            needed |= resource.planned.dependencies
    return failed


def _deletion_order(resources: dict[str, StackResource]) -> list[StackResource]:
    """Each before its dependencies."""
    needed = {name: item.planned.dependencies for name, item in resources.items()}
    order = ordered({name: names & resources.keys() for name, names in needed.items()})
    return [resources[name] for name in reversed(order)]


def _leftover_order(leftovers: list[StackResource]) -> list[StackResource]:
    """Each before its dependencies, or the newest first if replacements make a circle."""
    by_key = {str(number): item for number, item in enumerate(leftovers)}
    dependencies = {
        key: {other for other in by_key if by_key[other].logical_id in item.planned.dependencies}
        for key, item in by_key.items()
    }
    try:
        return [by_key[key] for key in reversed(ordered(dependencies))]
    except ApiError:
        return list(reversed(leftovers))
