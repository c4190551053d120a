"""Operations on change sets."""

import uuid
from collections.abc import Iterable
from typing import Any

from localcloud.clock import utc
from localcloud.cloudformation.api import shapes
from localcloud.cloudformation.api.base import ApiBase, Params, checked_name, tags_of
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.change_set import ChangeSet
from localcloud.cloudformation.stacks.changes import changes_between, is_unchanged
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates.capabilities import check_capabilities
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.settings import ACCOUNT_ID

_NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)


class ChangeSetOperations(ApiBase):
    def create_change_set(self, call: Call, **params: Any) -> dict[str, Any]:
        kind = params.get("ChangeSetType", "UPDATE")
        if kind not in ("CREATE", "UPDATE"):
            raise not_emulated(f"change sets of type {kind}")
        name = checked_name(params["ChangeSetName"], "changeSetName")
        stack, is_new = self._stack_for_change_set(call, kind, params)
        if name in stack.change_sets:
            raise ApiError("AlreadyExistsException", f"ChangeSet {name} already exists", 400)
        change_set = self._new_change_set(stack, kind, params)
        try:
            self._fill(call, stack, change_set, params)
        except Exception:
            if is_new:
                self._stacks.remove(stack)
            raise
        stack.change_sets[name] = change_set
        if is_new:
            stack.template = change_set.template
            stack.enter("REVIEW_IN_PROGRESS", "User Initiated")
        return {"Id": change_set.id, "StackId": stack.id}

    def describe_change_set(self, call: Call, **params: Any) -> dict[str, Any]:
        return shapes.change_set(*self._change_set(call, params))

    def list_change_sets(self, call: Call, **params: Any) -> dict[str, Any]:
        stack = self._stacks.get(call.region, params["StackName"])
        sets = stack.change_sets.values()
        return {"Summaries": [shapes.change_set_summary(stack, item) for item in sets]}

    def delete_change_set(self, call: Call, **params: Any) -> dict[str, Any]:
        try:
            stack, change_set = self._change_set(call, params)
        except ApiError:
            return {}
        if change_set.execution_status == "EXECUTE_IN_PROGRESS":
            raise _bad_state(change_set, "deleted")
        stack.change_sets.pop(change_set.name, None)
        return {}

    def execute_change_set(self, call: Call, **params: Any) -> dict[str, Any]:
        stack, change_set = self._change_set(call, params)
        template = change_set.template
        if change_set.execution_status != "AVAILABLE" or template is None:
            raise _bad_state(change_set, "executed")
        status = stack.status
        if change_set.type == "UPDATE":
            self._updatable(call, stack.id)
        stack.begin(status, f"{change_set.type}_IN_PROGRESS")
        stack.capabilities = list(change_set.capabilities)
        stack.change_set_id = change_set.id
        stack.disable_rollback = bool(params.get("DisableRollback"))
        for other in stack.change_sets.values():
            other.execution_status = "OBSOLETE"
        change_set.execution_status = "EXECUTE_IN_PROGRESS"
        if change_set.type == "CREATE":
            self._start_creation(call, stack, template, change_set)
        else:
            tags, role_arn = change_set.tags, change_set.role_arn
            self._start_update(call, stack, template, tags, role_arn, change_set)
        return {}

    def _start_creation(
        self, call: Call, stack: Stack, template: ProcessedTemplate, change_set: ChangeSet
    ) -> None:
        stack.tags, stack.principal = change_set.tags, call.principal
        stack.role_arn = change_set.role_arn

        def create() -> None:
            self.engine.create(stack, template)
            change_set.note_execution(stack.status)

        self.engine.start(stack, create)

    def _change_set(self, call: Call, params: Params) -> tuple[Stack, ChangeSet]:
        if "StackName" in params:
            stacks = [self._existing(call, params["StackName"])]
        else:
            stacks = self._stacks.of(call.region)
        return find_change_set(stacks, params["ChangeSetName"])

    def _stack_for_change_set(self, call: Call, kind: str, params: Params) -> tuple[Stack, bool]:
        """The stack, and whether it is new."""
        name = params["StackName"]
        if kind == "UPDATE":
            return self._updatable(call, name), False
        existing = self._stacks.find(call.region, name)
        if existing is None:
            return self._new_stack(call, checked_name(name), params), True
        if existing.status != "REVIEW_IN_PROGRESS":
            raise validation_error(
                f"Stack [{name}] already exists and cannot be created again with the changeSet "
                f"[{params['ChangeSetName']}]."
            )
        return existing, False

    def _new_change_set(self, stack: Stack, kind: str, params: Params) -> ChangeSet:
        name = params["ChangeSetName"]
        return ChangeSet(
            id=f"arn:aws:cloudformation:{stack.region}:{ACCOUNT_ID}:changeSet/{name}/{uuid.uuid4()}",
            name=name,
            type=kind,
            created=utc(self._cloud.clock.now()),
            description=params.get("Description"),
            tags=tags_of(params, stack),
            capabilities=params.get("Capabilities", []),
            role_arn=params.get("RoleARN"),
        )

    def _fill(self, call: Call, stack: Stack, change_set: ChangeSet, params: Params) -> None:
        """Give the change set its template and changes; it fails if a transform does."""
        try:
            template = self._process(call, stack, params)
        except ApiError as error:
            if not error.message.startswith("Transform "):
                raise
            change_set.fail(error.message)
            return
        check_capabilities(template, change_set.capabilities, by_change_set=True)
        change_set.template = template
        change_set.changes = changes_between(stack, template, change_set.tags)
        is_complete = change_set.type == "UPDATE" and stack.status.endswith("_COMPLETE")
        if is_complete and is_unchanged(stack, template, change_set.tags, change_set.changes):
            change_set.fail(_NO_CHANGES)


def find_change_set(stacks: Iterable[Stack], name_or_id: str) -> tuple[Stack, ChangeSet]:
    for stack in stacks:
        for item in stack.change_sets.values():
            if name_or_id in (item.name, item.id):
                return stack, item
    raise ApiError("ChangeSetNotFound", f"ChangeSet [{name_or_id}] does not exist", 404)


def _bad_state(change_set: ChangeSet, verb: str) -> ApiError:
    status = change_set.status if change_set.status == "FAILED" else change_set.execution_status
    return ApiError(
        "InvalidChangeSetStatus",
        f"ChangeSet [{change_set.id}] cannot be {verb} in its current status of [{status}]",
        400,
    )
