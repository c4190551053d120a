"""Nested stacks: stacks that are a resource of another, deployed within its operation."""

from __future__ import annotations

import secrets
import string
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.provider import Props, Site
from localcloud.cloudformation.stacks.changes import changes_between, is_unchanged
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates import capabilities, requests, source
from localcloud.cloudformation.templates.blueprint import Blueprint
from localcloud.cloudformation.templates.template import text_of


class NestedStacks:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, site: Site, stack_id: str) -> Stack:
        return self._engine.stacks.get(site.region, stack_id)

    def open(self, site: Site, props: Props) -> tuple[NestedCreation, Stack]:
        """A stack that is ready to be created; raises if its template cannot be deployed."""
        parent = self.find(site, site.stack_id)
        stack = self._engine.new_stack(
            site.region,
            _name(site),
            site.principal,
            tags=_tags(props),
            capabilities=parent.capabilities,
            timeout_minutes=props.get("TimeoutInMinutes"),
            disable_rollback=parent.disable_rollback,
            parent_id=parent.id,
            root_id=parent.root_id or parent.id,
        )
        try:
            blueprint = self._draft(site, stack, props, parent.capabilities)
        except Exception:
            self._engine.stacks.remove(stack)
            raise
        return NestedCreation(self._engine, blueprint), stack

    def update(self, site: Site, stack_id: str, props: Props) -> None:
        """Update in place, short of the clean-up, which waits for the parent's; without any
        change the stack stays as it is.
        """
        stack, parent = self.find(site, stack_id), self.find(site, site.stack_id)
        stack.capabilities, stack.disable_rollback = parent.capabilities, parent.disable_rollback
        blueprint = self._draft(site, stack, props, parent.capabilities)
        tags = _tags(props)
        changes = changes_between(stack, blueprint, tags)
        failed = not stack.status.endswith("_COMPLETE")
        if failed or not is_unchanged(stack, blueprint, tags, changes):
            stack.principal = site.principal
            stack.enter("UPDATE_IN_PROGRESS", "User Initiated")
            if not self._engine.begin_update(stack, blueprint, tags).change():
                status = "FAILED" if stack.disable_rollback else "ROLLBACK_IN_PROGRESS"
                raise ResourceFailure(
                    f"Embedded stack {stack.id} was not successfully updated. Currently in "
                    f"UPDATE_{status} with reason: {why(stack)}"
                )

    def roll_back(self, site: Site, stack_id: str) -> None:
        """Take back the update that was made within the parent's, if there was one."""
        stack = self.find(site, stack_id)
        if stack.update:
            stack.update.roll_back(skip=site.skip)
        if stack.status == "UPDATE_ROLLBACK_FAILED":
            raise ResourceFailure(
                f"Embedded stack {stack.id} was not successfully rolled back: {stack.reason}"
            )

    def delete(self, site: Site, stack_id: str) -> Stack | None:
        stack = self._engine.stacks.find(site.region, stack_id)
        if stack is None or stack.status == "DELETE_COMPLETE":
            return None
        stack.principal = site.principal
        self._engine.delete(stack)
        return stack

    def _draft(self, site: Site, stack: Stack, props: Props, given: list[str]) -> Blueprint:
        cloud = self._engine.cloud
        url = str(props["TemplateURL"])
        text = source.read_url(url, cloud.clients, site.region, site.principal)
        blueprint = requests.draft(cloud, stack, site.principal, text, _parameters(props))
        capabilities.check_iam(blueprint.template, given)
        capabilities.check_auto_expand(bool(blueprint.transforms), given)
        return blueprint


class NestedCreation:
    """Step two of a nested stack's creation, after its id has been noted in the parent."""

    def __init__(self, engine: Engine, blueprint: Blueprint) -> None:
        self._engine = engine
        self._blueprint = blueprint

    def create(self, stack: Stack) -> None:
        stack.blueprint = self._blueprint
        stack.enter("CREATE_IN_PROGRESS", "User Initiated")
        on_failure = "DO_NOTHING" if stack.disable_rollback else "ROLLBACK"
        self._engine.create(stack, self._blueprint, on_failure)


def why(stack: Stack) -> str:
    """The reason of the first status that told of the failure; roll-back has its own after it."""
    told = [
        event.get("ResourceStatusReason", "")
        for event in stack.events
        if event["PhysicalResourceId"] == stack.id
        and (
            "ROLLBACK_IN_PROGRESS" in event["ResourceStatus"] or "FAILED" in event["ResourceStatus"]
        )
        and event.get("ResourceStatusReason")
    ]
    return told[-1].replace("Rollback requested by user.", "") if told else str(stack.status)


def _name(site: Site) -> str:
    ending = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(12))
    return f"{site.stack_name}-{site.logical_id}"[: 128 - 13] + f"-{ending}"


def _tags(props: dict[str, Any]) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in props.get("Tags", [])}


def _parameters(props: Props) -> list[dict[str, str]]:
    """A nested stack's parameters as the API takes them."""
    return [
        {
            "ParameterKey": key,
            "ParameterValue": ",".join(value) if isinstance(value, list) else text_of(value),
        }
        for key, value in props.get("Parameters", {}).items()
    ]
