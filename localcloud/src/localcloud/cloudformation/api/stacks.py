"""Operations that create, change and delete stacks."""

from typing import Any

from localcloud.cloudformation.api.base import ApiBase, checked_name, tags_of
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.changes import changes_between, is_unchanged
from localcloud.cloudformation.stacks.stack import in_wrong_state
from localcloud.cloudformation.templates.capabilities import check_capabilities
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call


class StackOperations(ApiBase):
    def create_stack(self, call: Call, **params: Any) -> dict[str, Any]:
        name = checked_name(params["StackName"])
        if self._stacks.find(call.region, name):
            raise ApiError("AlreadyExistsException", f"Stack [{name}] already exists", 400)
        stack = self._new_stack(call, name, params)
        try:
            template = self._process(call, stack, params)
            check_capabilities(template, stack.capabilities)
        except Exception:
            self._stacks.remove(stack)
            raise
        stack.template = template
        stack.enter("CREATE_IN_PROGRESS", "User Initiated")
        self.engine.start(stack, lambda: self.engine.create(stack, template))
        return {"StackId": stack.id}

    def update_stack(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._updatable(call, params["StackName"])
        status = stack.status
        template = self._process(call, stack, params)
        check_capabilities(template, params.get("Capabilities", []))
        tags = tags_of(params, stack)
        changes = changes_between(stack, template, tags)
        if stack.status.endswith("_COMPLETE") and is_unchanged(stack, template, tags, changes):
            raise validation_error("No updates are to be performed.")
        stack.begin(status, "UPDATE_IN_PROGRESS")
        stack.capabilities = params.get("Capabilities", [])
        stack.disable_rollback = bool(params.get("DisableRollback"))
        self._start_update(call, stack, template, tags, params.get("RoleARN"))
        return {"StackId": stack.id}

    def continue_update_rollback(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, params["StackName"])
        if stack.parent_id:
            raise validation_error("RollbackUpdatedStack cannot be invoked on child stacks")
        if stack.status != "UPDATE_ROLLBACK_FAILED" or (update := stack.update) is None:
            raise in_wrong_state(stack, "continued to roll back")
        stack.begin("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS")
        stack.principal = call.principal
        stack.role_arn = params.get("RoleARN") or stack.role_arn
        self.engine.start(stack, lambda: update.roll_back("User Initiated"))
        return {}

    def delete_stack(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._stacks.find(call.region, params["StackName"])
        if stack is None or stack.status == "DELETE_COMPLETE":
            return {}
        if params.get("DeletionMode", "STANDARD") != "STANDARD":
            raise not_emulated(f"the deletion mode {params['DeletionMode']}")
        if stack.status.startswith("UPDATE") and stack.status.endswith("IN_PROGRESS"):
            raise validation_error(
                f"Stack [{stack.name}] cannot be deleted while in status {stack.status}"
            )
        stack.principal = call.principal
        stack.role_arn = params.get("RoleARN") or stack.role_arn
        if stack.status != "DELETE_IN_PROGRESS":
            self.engine.start(stack, lambda: self.engine.delete(stack))
        return {}
