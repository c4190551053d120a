"""Operations that make, change and remove stacks."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation import drafts
from localcloud.cloudformation.api_base import (
    ApiBase,
    checked_name,
    refuse_what_is_not_emulated,
    tags_of,
)
from localcloud.cloudformation.changeset import changes_between, is_unchanged
from localcloud.cloudformation.errors import validation_error
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call


class StackOperations(ApiBase):
    def create_stack(self, call: Call, **asked: Any) -> dict[str, Any]:
        refuse_what_is_not_emulated(asked)
        name = checked_name(asked["StackName"])
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
        refuse_what_is_not_emulated(asked)
        stack = self._updatable(call, asked["StackName"])
        blueprint = self._draft(call, stack, self._text(call, stack, asked), asked)
        drafts.check_capabilities(blueprint, asked.get("Capabilities", []), by_change_set=False)
        tags = tags_of(asked, stack)
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

    def update_termination_protection(self, call: Call, **asked: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, asked["StackName"])
        stack.protected = bool(asked["EnableTerminationProtection"])
        return {"StackId": stack.id}
