"""Operations on change sets."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from localcloud.clock import utc
from localcloud.cloudformation.api import shapes
from localcloud.cloudformation.api.base import (
    ApiBase,
    checked_name,
    note_execution,
    refuse_what_is_not_emulated,
    tags_of,
)
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.change_set import NO_CHANGES, ChangeSet
from localcloud.cloudformation.stacks.changes import changes_between, is_unchanged
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates import requests
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call


class ChangeSetOperations(ApiBase):
    def create_change_set(self, call: Call, **asked: Any) -> dict[str, Any]:
        refuse_what_is_not_emulated(asked)
        if asked.get("IncludeNestedStacks"):
            raise not_emulated("change sets that include those of nested stacks")
        kind = asked.get("ChangeSetType", "UPDATE")
        if kind not in ("CREATE", "UPDATE"):
            raise not_emulated(f"change sets of type {kind}")
        name = asked["ChangeSetName"]
        stack, is_new = self._stack_for_change_set(call, kind, asked)
        if name in stack.change_sets:
            raise ApiError("AlreadyExistsException", f"ChangeSet {name} already exists", 400)
        try:
            change_set = self._new_change_set(call, stack, kind, asked)
        except ApiError:
            if is_new:
                self._stacks.remove(stack)
            raise
        stack.change_sets[name] = change_set
        if is_new:
            stack.blueprint = change_set.blueprint
            stack.enter("REVIEW_IN_PROGRESS", "User Initiated")
        return {"Id": change_set.id, "StackId": stack.id}

    def describe_change_set(self, call: Call, **asked: Any) -> dict[str, Any]:
        if asked.get("IncludePropertyValues"):
            raise not_emulated("property values of change sets")
        return shapes.change_set(*self._change_set(call, asked))

    def list_change_sets(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        sets = stack.change_sets.values()
        return {"Summaries": [shapes.change_set_summary(stack, item) for item in sets]}

    def delete_change_set(self, call: Call, **asked: Any) -> dict[str, Any]:
        try:
            stack, change_set = self._change_set(call, asked)
        except ApiError:
            return {}
        if change_set.execution_status == "EXECUTE_IN_PROGRESS":
            raise _bad_state(change_set, "deleted")
        stack.change_sets.pop(change_set.name, None)
        return {}

    def execute_change_set(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack, change_set = self._change_set(call, asked)
        blueprint = change_set.blueprint
        if change_set.execution_status != "AVAILABLE" or blueprint is None:
            raise _bad_state(change_set, "executed")
        seen = stack.status
        if change_set.type == "UPDATE":
            self._updatable(call, stack.id)
        stack.begin(seen, f"{change_set.type}_IN_PROGRESS")
        stack.capabilities = list(change_set.capabilities)
        stack.notification_arns = list(change_set.notification_arns)
        stack.change_set_id = change_set.id
        stack.disable_rollback = bool(asked.get("DisableRollback"))
        for other in stack.change_sets.values():
            other.execution_status = "OBSOLETE"
        change_set.execution_status = "EXECUTE_IN_PROGRESS"
        if change_set.type == "CREATE":
            on_failure = change_set.on_stack_failure or "ROLLBACK"
            on_failure = "DO_NOTHING" if stack.disable_rollback else on_failure
            stack.tags, stack.principal = change_set.tags, call.principal
            stack.role_arn = change_set.role_arn

            def create() -> None:
                self.engine.create(stack, blueprint, on_failure)
                note_execution(change_set, stack)

            self.engine.start(stack, create)
        else:
            self._start_update(
                call, stack, blueprint, change_set.tags, change_set.role_arn, change_set
            )
        return {}

    def _stack_for_change_set(
        self, call: Call, kind: str, asked: Mapping[str, Any]
    ) -> tuple[Stack, bool]:
        name = asked["StackName"]
        if kind == "UPDATE":
            return self._updatable(call, name), False
        existing = self._stacks.find(call.region, name)
        if existing is None:
            return self._new_stack(call, checked_name(name), asked), True
        if existing.status != "REVIEW_IN_PROGRESS":
            raise validation_error(
                f"Stack [{name}] already exists and cannot be created again with the changeSet "
                f"[{asked['ChangeSetName']}]."
            )
        return existing, False

    def _new_change_set(
        self, call: Call, stack: Stack, kind: str, asked: Mapping[str, Any]
    ) -> ChangeSet:
        name, account = asked["ChangeSetName"], self._cloud.settings.account_id
        arn = f"arn:aws:cloudformation:{call.region}:{account}:changeSet/{name}/{uuid.uuid4()}"
        change_set = ChangeSet(
            id=arn,
            name=name,
            type=kind,
            created=utc(self._cloud.clock.now()),
            blueprint=None,
            changes=[],
            description=asked.get("Description"),
            tags=tags_of(asked, stack),
            capabilities=asked.get("Capabilities", []),
            notification_arns=asked.get("NotificationARNs", []),
            role_arn=asked.get("RoleARN"),
            on_stack_failure=asked.get("OnStackFailure"),
            include_nested=bool(asked.get("IncludeNestedStacks")),
        )
        text = self._text(call, stack, asked)
        try:
            blueprint = self._draft(call, stack, text, asked)
        except ApiError as error:
            if not error.message.startswith("Transform "):
                raise
            _fail(change_set, error.message)
            return change_set
        requests.check_capabilities(blueprint, change_set.capabilities, by_change_set=True)
        change_set.blueprint = blueprint
        change_set.changes = changes_between(stack, blueprint, change_set.tags)
        same = kind == "UPDATE" and stack.status.endswith("_COMPLETE")
        if same and is_unchanged(stack, blueprint, change_set.tags, change_set.changes):
            _fail(change_set, NO_CHANGES)
        return change_set


def _fail(change_set: ChangeSet, reason: str) -> None:
    change_set.status, change_set.reason = "FAILED", reason
    change_set.execution_status = "UNAVAILABLE"


def _bad_state(change_set: ChangeSet, verb: str) -> ApiError:
    status = change_set.status if change_set.status == "FAILED" else change_set.execution_status
    return ApiError(
        "InvalidChangeSetStatus",
        f"ChangeSet [{change_set.id}] cannot be {verb} in its current status of [{status}]",
        400,
    )
