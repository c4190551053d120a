"""Takes resources away: what an update left over, or all of a stack."""

from __future__ import annotations

import logging

from localcloud.cloudformation.stacks.resource_operations import StepFailed, Steps
from localcloud.cloudformation.stacks.stack import Stack, StackResource
from localcloud.cloudformation.templates import dependencies
from localcloud.gateway.errors import ApiError

log = logging.getLogger(__name__)


def clean_up(stack: Stack, steps: Steps, rolled_back: bool = False) -> None:
    """Remove what an update left over.

    As on AWS, what cannot be removed is left behind and said in an event.
    """
    for resource in _leftover_order(stack.leftovers):
        current = stack.resources.get(resource.logical_id)
        if current is resource:
            del stack.resources[resource.logical_id]
        replaced = current is not None and current is not resource
        policy = resource.update_replace_policy if replaced else resource.deletion_policy
        if rolled_back:
            # What the update had made: only Retain keeps it.
            policy = "Retain" if resource.deletion_policy == "Retain" else "Delete"
        try:
            steps.delete(resource, policy)
        except StepFailed:
            log.info("left behind", extra={"resource": resource.physical_id})
    stack.leftovers.clear()


def remove_all(
    stack: Stack, steps: Steps, created_now: bool, retain: frozenset[str] = frozenset()
) -> list[str]:
    """Names of those that could not be removed.

    What others still need stays, as they would fail. ``created_now``: in the operation that is
    being rolled back.
    """
    failed: list[str] = []
    kept: set[str] = set()
    clean_up(stack, steps)
    for resource in _removal_order(stack.resources):
        if resource.status in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
            continue
        if resource.logical_id in kept:
            kept |= resource.needs
            continue
        policy = resource.deletion_policy
        if resource.logical_id in retain:
            policy = "Retain"
        elif created_now and policy == "RetainExceptOnCreate":
            policy = "Delete"
        try:
            steps.delete(resource, policy)
        except StepFailed:
            failed.append(resource.logical_id)
            kept |= resource.needs
    return failed


def _removal_order(resources: dict[str, StackResource]) -> list[StackResource]:
    """What needs others goes first."""
    order = dependencies.ordered(
        {name: item.needs & resources.keys() for name, item in resources.items()}
    )
    return [resources[name] for name in reversed(order)]


def _leftover_order(leftovers: list[StackResource]) -> list[StackResource]:
    """What needs others goes first; what replaced what may make a circle, then the newest goes
    first.
    """
    by_key = {str(number): item for number, item in enumerate(leftovers)}
    needs = {
        key: {other for other, found in by_key.items() if found.logical_id in item.needs}
        for key, item in by_key.items()
    }
    try:
        return [by_key[key] for key in reversed(dependencies.ordered(needs))]
    except ApiError:
        return list(reversed(leftovers))
