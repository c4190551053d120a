"""What CloudFormation's operations share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.change_set import ChangeSet
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import Stack, in_wrong_state
from localcloud.cloudformation.templates import requests
from localcloud.cloudformation.templates.blueprint import Blueprint
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call

_NAME = re.compile("[a-zA-Z][-a-zA-Z0-9]{0,127}")
# States from which an update may start.
_UPDATABLE = {
    "CREATE_COMPLETE",
    "CREATE_FAILED",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
}
# Members that change what a stack operation does, and which we do not have.
_NOT_EMULATED = (
    "StackPolicyBody",
    "StackPolicyURL",
    "StackPolicyDuringUpdateBody",
    "StackPolicyDuringUpdateURL",
    "ResourcesToImport",
    "NotificationARNs",
    "RetainExceptOnCreate",
    "ImportExistingResources",
)


class ApiBase:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._cloud = engine.cloud
        self._stacks = engine.stacks

    def _new_stack(self, call: Call, name: str, asked: Mapping[str, Any]) -> Stack:
        return self.engine.new_stack(
            call.region,
            name,
            call.principal,
            tags=tags_of(asked, None),
            capabilities=list(asked.get("Capabilities", [])),
            notification_arns=list(asked.get("NotificationARNs", [])),
            role_arn=asked.get("RoleARN"),
            disable_rollback=bool(asked.get("DisableRollback")),
        )

    def _draft(self, call: Call, stack: Stack, text: str, asked: Mapping[str, Any]) -> Blueprint:
        given = asked.get("Parameters", [])
        return requests.draft(self._cloud, stack, call.principal, text, given, stack.parameters)

    def _text(self, call: Call, stack: Stack, asked: Mapping[str, Any]) -> str:
        if asked.get("UsePreviousTemplate") and stack.blueprint:
            return stack.blueprint.text
        return requests.template_text(self._cloud, call.region, call.principal, asked)

    def _updatable(self, call: Call, name: str) -> Stack:
        stack = self._stacks.find(call.region, name)
        if stack is None or stack.status == "DELETE_COMPLETE":
            raise validation_error(f"Stack [{name}] does not exist")
        if stack.status not in _UPDATABLE:
            raise in_wrong_state(stack, "updated")
        return stack

    def _start_update(
        self,
        call: Call,
        stack: Stack,
        blueprint: Blueprint,
        tags: dict[str, str],
        role_arn: str | None,
        change_set: ChangeSet | None = None,
    ) -> None:
        stack.principal, stack.role_arn = call.principal, role_arn or stack.role_arn
        for other in stack.change_sets.values():
            if other is not change_set:
                other.execution_status = "OBSOLETE"

        def run() -> None:
            self.engine.update(stack, blueprint, tags)
            if change_set:
                note_execution(change_set, stack)

        self.engine.start(stack, run)

    def _change_set(self, call: Call, asked: Mapping[str, Any]) -> tuple[Stack, ChangeSet]:
        name = asked["ChangeSetName"]
        if "StackName" in asked:
            found = self._stacks.find(call.region, asked["StackName"])
            if found is None:
                raise validation_error(f"Stack [{asked['StackName']}] does not exist")
            stacks = [found]
        else:
            stacks = self._stacks.of(call.region)
        for stack in stacks:
            for item in stack.change_sets.values():
                if name in (item.name, item.id):
                    return stack, item
        raise ApiError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def note_execution(change_set: ChangeSet, stack: Stack) -> None:
    good = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    change_set.execution_status = "EXECUTE_COMPLETE" if good else "EXECUTE_FAILED"


def tags_of(asked: Mapping[str, Any], stack: Stack | None) -> dict[str, str]:
    """Stack-level tags; an update that gives none keeps those there are."""
    if "Tags" not in asked and stack is not None:
        return dict(stack.tags)
    return {item["Key"]: item["Value"] for item in asked.get("Tags", [])}


def checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise validation_error(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    return name


def refuse_what_is_not_emulated(asked: Mapping[str, Any]) -> None:
    for name in _NOT_EMULATED:
        if asked.get(name):
            raise not_emulated(f"{name} of stack operations")
    if asked.get("RollbackConfiguration", {}).get("RollbackTriggers"):
        raise not_emulated("RollbackTriggers of stack operations")
