"""What CloudFormation's operations share."""

import re
from collections.abc import Mapping
from typing import Any

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.resources.api_values import tag_map
from localcloud.cloudformation.resources.context import names
from localcloud.cloudformation.stacks.change_set import ChangeSet
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.cloudformation.stacks.stack import Stack, in_wrong_state
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.source import template_text
from localcloud.gateway.constraints import one_violation
from localcloud.gateway.identify import Call

Params = Mapping[str, Any]

_NAME = re.compile("[a-zA-Z][-a-zA-Z0-9]{0,127}")
# States from which an update may start.
_UPDATABLE = names(
    "CREATE_COMPLETE CREATE_FAILED UPDATE_COMPLETE UPDATE_FAILED UPDATE_ROLLBACK_COMPLETE"
)


class ApiBase:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._cloud = engine.cloud
        self._stacks = engine.stacks

    def _existing(self, call: Call, name: str) -> Stack:
        """The stack of this name, deleted or not, in the words of operations that change it."""
        if (stack := self._stacks.find(call.region, name)) is None:
            raise validation_error(f"Stack [{name}] does not exist")
        return stack

    def _updatable(self, call: Call, name: str) -> Stack:
        stack = self._existing(call, name)
        if stack.status == "DELETE_COMPLETE":
            raise validation_error(f"Stack [{name}] does not exist")
        if stack.status not in _UPDATABLE:
            raise in_wrong_state(stack, "updated")
        return stack

    def _new_stack(self, call: Call, name: str, params: Params) -> Stack:
        return self.engine.new_stack(
            call.region,
            name,
            call.principal,
            tags=tag_map(params.get("Tags")),
            capabilities=list(params.get("Capabilities", [])),
            role_arn=params.get("RoleARN"),
            disable_rollback=bool(params.get("DisableRollback")),
        )

    def _template_text(self, call: Call, params: Params) -> str:
        s3 = self._cloud.clients.client("s3", call.region, call.principal)
        return template_text(params, s3)

    def _process(self, call: Call, stack: Stack, params: Params) -> ProcessedTemplate:
        """The template of the call, or the stack's own, with the call's parameters."""
        if params.get("UsePreviousTemplate") and stack.template:
            text = stack.template.text
        else:
            text = self._template_text(call, params)
        arguments = params.get("Parameters", [])
        return self.engine.process(stack, call.principal, text, arguments)

    def _start_update(
        self,
        call: Call,
        stack: Stack,
        template: ProcessedTemplate,
        tags: dict[str, str],
        role_arn: str | None,
        change_set: ChangeSet | None = None,
    ) -> None:
        stack.principal, stack.role_arn = call.principal, role_arn or stack.role_arn
        for other in stack.change_sets.values():
            if other is not change_set:
                other.execution_status = "OBSOLETE"

        def run() -> None:
            self.engine.update(stack, template, tags)
            if change_set:
                change_set.note_execution(stack.status)

        self.engine.start(stack, run)


def tags_of(params: Params, stack: Stack) -> dict[str, str]:
    """Tags for a stack; an update that gives none keeps those of the stack."""
    return tag_map(params["Tags"]) if "Tags" in params else dict(stack.tags)


def checked_name(name: str, member: str = "stackName") -> str:
    if not _NAME.fullmatch(name):
        constraint = "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        raise one_violation("ValidationError", member, constraint, name)
    return name
