"""CloudFormation's API."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from localcloud.clock import utc
from localcloud.cloudformation import describe, drafts, summary
from localcloud.cloudformation.blueprint import Blueprint
from localcloud.cloudformation.changeset import (
    NO_CHANGES,
    ChangeSet,
    changes_between,
    is_unchanged,
)
from localcloud.cloudformation.engine import Engine
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stack import Stack
from localcloud.cloudformation.template import load
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service

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
)


class CloudFormation(Service):
    service: ClassVar[str] = "cloudformation"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._cloud = engine.cloud
        self._stacks = engine.stacks

    # Stacks

    def create_stack(self, call: Call, **asked: Any) -> dict[str, Any]:
        _refuse_what_is_not_emulated(asked)
        name = _checked_name(asked["StackName"])
        if self._stacks.find(call.region, name):
            raise ApiError("AlreadyExistsException", f"Stack [{name}] already exists", 400)
        text = drafts.template_text(self._cloud, call.region, call.principal, asked)
        stack = self._new_stack(call, name, asked)
        try:
            blueprint = self._draft(call, stack, text, asked)
            drafts.check_capabilities(blueprint, stack.capabilities, by_change_set=False)
        except ApiError:
            self._stacks.remove(stack)
            raise
        on_failure = "DO_NOTHING" if stack.disable_rollback else asked.get("OnFailure", "ROLLBACK")
        stack.disable_rollback = on_failure == "DO_NOTHING"
        stack.timeout_minutes = asked.get("TimeoutInMinutes")
        stack.protected = bool(asked.get("EnableTerminationProtection"))
        stack.blueprint = blueprint
        stack.enter("CREATE_IN_PROGRESS", "User Initiated")
        self.engine.start(stack, lambda: self.engine.create(stack, blueprint, on_failure))
        return {"StackId": stack.id}

    def update_stack(self, call: Call, **asked: Any) -> dict[str, Any]:
        _refuse_what_is_not_emulated(asked)
        stack = self._updatable(call, asked["StackName"])
        blueprint = self._draft(call, stack, self._text(call, stack, asked), asked)
        drafts.check_capabilities(blueprint, asked.get("Capabilities", []), by_change_set=False)
        tags = _tags(asked, stack)
        changes = changes_between(stack, blueprint)
        if stack.status.endswith("_COMPLETE") and is_unchanged(stack, blueprint, tags, changes):
            raise validation_error("No updates are to be performed.")
        stack.capabilities = asked.get("Capabilities", [])
        stack.disable_rollback = bool(asked.get("DisableRollback"))
        self._start_update(call, stack, blueprint, tags, asked.get("RoleARN"))
        return {"StackId": stack.id}

    def delete_stack(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, asked["StackName"])
        if stack is None or stack.status == "DELETE_COMPLETE":
            return {}
        if stack.protected:
            raise validation_error(
                f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        if stack.status.startswith("UPDATE") and stack.status.endswith("IN_PROGRESS"):
            raise validation_error(
                f"Stack [{stack.name}] cannot be deleted while in status {stack.status}"
            )
        retain = frozenset(asked.get("RetainResources", []))
        if retain and stack.status != "DELETE_FAILED":
            raise validation_error(
                "Invalid operation on stack. RetainResources is only allowed for stacks in "
                "DELETE_FAILED state"
            )
        stack.principal = call.principal
        stack.role_arn = asked.get("RoleARN") or stack.role_arn
        if stack.status != "DELETE_IN_PROGRESS":
            self.engine.start(stack, lambda: self.engine.delete(stack, retain))
        return {}

    def describe_stacks(self, call: Call, **asked: Any) -> dict[str, Any]:
        if asked.get("StackName"):
            return {"Stacks": [describe.stack(self._stacks.get(call.region, asked["StackName"]))]}
        live = (item for item in self._stacks.of(call.region) if item.status != "DELETE_COMPLETE")
        return {"Stacks": [describe.stack(item) for item in live]}

    def list_stacks(self, call: Call, **asked: Any) -> dict[str, Any]:
        wanted = asked.get("StackStatusFilter")
        stacks = self._stacks.of(call.region)
        return {
            "StackSummaries": [
                describe.stack_summary(item)
                for item in stacks
                if not wanted or item.status in wanted
            ]
        }

    def update_termination_protection(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        stack.protected = bool(asked["EnableTerminationProtection"])
        return {"StackId": stack.id}

    # What is in a stack

    def describe_stack_events(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, asked["StackName"])
        if stack is None:
            raise validation_error(f"Stack [{asked['StackName']}] does not exist")
        return {"StackEvents": [_event(item) for item in reversed(stack.events)]}

    def describe_stack_resources(self, call: Call, **asked: Any) -> dict[str, Any]:
        if "StackName" in asked:
            stack = self._stacks.get(call.region, asked["StackName"])
            items = list(stack.resources.values())
        else:
            stack, items = self._with_physical_id(call.region, asked["PhysicalResourceId"])
        wanted = asked.get("LogicalResourceId")
        found = [item for item in items if wanted in (None, item.logical_id)]
        if wanted and not found:
            raise validation_error(f"Resource {wanted} does not exist for stack {stack.name}")
        return {"StackResources": [describe.resource(stack, item) for item in found[:100]]}

    def describe_stack_resource(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, asked["StackName"])
        if stack is None:
            raise validation_error(f"Stack '{asked['StackName']}' does not exist")
        found = stack.resources.get(asked["LogicalResourceId"])
        if found is None:
            raise validation_error(
                f"Resource {asked['LogicalResourceId']} does not exist for stack {stack.name}"
            )
        return {"StackResourceDetail": describe.resource_detail(stack, found)}

    def list_stack_resources(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        items = stack.resources.values()
        return {"StackResourceSummaries": [describe.resource_summary(item) for item in items]}

    def list_exports(self, call: Call, **_: Any) -> dict[str, Any]:
        exports = self._stacks.exports(call.region)
        return {
            "Exports": [
                {"ExportingStackId": stack.id, "Name": name, "Value": value}
                for name, (stack, value) in exports.items()
            ]
        }

    def list_imports(self, call: Call, **asked: Any) -> dict[str, Any]:
        name = asked["ExportName"]
        users = self._stacks.importers(call.region, name)
        if not users:
            raise validation_error(f"Export '{name}' is not imported by any stack.")
        return {"Imports": users}

    # Templates

    def get_template(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        blueprint = stack.blueprint
        if "ChangeSetName" in asked:
            blueprint = self._change_set(call, asked)[1].blueprint
        if blueprint is None:
            return {"TemplateBody": "", "StagesAvailable": []}
        body = blueprint.text
        if asked.get("TemplateStage") == "Processed":
            body = json.dumps(blueprint.template)
        return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}

    def get_template_summary(self, call: Call, **asked: Any) -> dict[str, Any]:
        if "StackName" in asked:
            stack = self._stacks.get(call.region, asked["StackName"])
            return summary.summary(load(stack.blueprint.text if stack.blueprint else ""))
        text = drafts.template_text(self._cloud, call.region, call.principal, asked)
        return summary.summary(load(text))

    def validate_template(self, call: Call, **asked: Any) -> dict[str, Any]:
        text = drafts.template_text(self._cloud, call.region, call.principal, asked)
        return summary.validated(load(text))

    # Change sets

    def create_change_set(self, call: Call, **asked: Any) -> dict[str, Any]:
        _refuse_what_is_not_emulated(asked)
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
        return describe.change_set(*self._change_set(call, asked))

    def list_change_sets(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        sets = stack.change_sets.values()
        return {"Summaries": [describe.change_set_summary(stack, item) for item in sets]}

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
            stack.enter("CREATE_IN_PROGRESS", "User Initiated")
            self.engine.start(
                stack,
                lambda: self._executed(
                    change_set, stack, self.engine.create(stack, blueprint, on_failure)
                ),
            )
        else:
            self._start_update(
                call, stack, blueprint, change_set.tags, change_set.role_arn, change_set
            )
        return {}

    # Helpers

    def _new_stack(self, call: Call, name: str, asked: Mapping[str, Any]) -> Stack:
        return self.engine.new_stack(
            call.region,
            name,
            call.principal,
            tags=_tags(asked, None),
            capabilities=list(asked.get("Capabilities", [])),
            notification_arns=list(asked.get("NotificationARNs", [])),
            role_arn=asked.get("RoleARN"),
            disable_rollback=bool(asked.get("DisableRollback")),
        )

    def _draft(self, call: Call, stack: Stack, text: str, asked: Mapping[str, Any]) -> Blueprint:
        given = asked.get("Parameters", [])
        return drafts.draft(self._cloud, stack, call.principal, text, given, stack.parameters)

    def _text(self, call: Call, stack: Stack, asked: Mapping[str, Any]) -> str:
        if asked.get("UsePreviousTemplate") and stack.blueprint:
            return stack.blueprint.text
        return drafts.template_text(self._cloud, call.region, call.principal, asked)

    def _updatable(self, call: Call, name: str) -> Stack:
        stack = self._stacks.find(call.region, name)
        if stack is None or stack.status == "DELETE_COMPLETE":
            raise validation_error(f"Stack [{name}] does not exist")
        if stack.status not in _UPDATABLE:
            raise validation_error(
                f"Stack:{stack.id} is in {stack.status} state and can not be updated."
            )
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
        stack.enter("UPDATE_IN_PROGRESS", "User Initiated")

        def run() -> None:
            self.engine.update(stack, blueprint, tags)
            if change_set:
                self._executed(change_set, stack, None)

        self.engine.start(stack, run)

    def _stack_for_change_set(
        self, call: Call, kind: str, asked: Mapping[str, Any]
    ) -> tuple[Stack, bool]:
        name = asked["StackName"]
        if kind == "UPDATE":
            return self._updatable(call, name), False
        existing = self._stacks.find(call.region, name)
        if existing is None:
            return self._new_stack(call, _checked_name(name), asked), True
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
            tags=_tags(asked, stack),
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
        drafts.check_capabilities(blueprint, change_set.capabilities, by_change_set=True)
        change_set.blueprint = blueprint
        change_set.changes = changes_between(stack, blueprint)
        same = kind == "UPDATE" and stack.status.endswith("_COMPLETE")
        if same and is_unchanged(stack, blueprint, change_set.tags, change_set.changes):
            _fail(change_set, NO_CHANGES)
        return change_set

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

    def _with_physical_id(self, region: str, physical_id: str) -> tuple[Stack, list[Any]]:
        for stack in self._stacks.of(region):
            items = stack.resources.values()
            if stack.status != "DELETE_COMPLETE" and any(
                item.physical_id == physical_id for item in items
            ):
                return stack, list(items)
        raise validation_error(f"Stack for {physical_id} does not exist")

    def _executed(self, change_set: ChangeSet, stack: Stack, _: None) -> None:
        good = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
        change_set.execution_status = "EXECUTE_COMPLETE" if good else "EXECUTE_FAILED"


def _event(event: dict[str, Any]) -> dict[str, Any]:
    properties = event.get("ResourceProperties")
    if properties is None:
        return event
    return {**event, "ResourceProperties": json.dumps(properties, default=str)}


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


def _tags(asked: Mapping[str, Any], stack: Stack | None) -> dict[str, str]:
    """Stack-level tags; an update that gives none keeps those there are."""
    if "Tags" not in asked and stack is not None:
        return dict(stack.tags)
    return {item["Key"]: item["Value"] for item in asked.get("Tags", [])}


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise validation_error(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    return name


def _refuse_what_is_not_emulated(asked: Mapping[str, Any]) -> None:
    for name in _NOT_EMULATED:
        if asked.get(name):
            raise not_emulated(f"{name} of stack operations")
