"""Operations on whole stacks, each in a thread of its own."""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import ResourceFailure, defect_reason
from localcloud.cloudformation.stacks.deployment import Deployment
from localcloud.cloudformation.stacks.removal import delete_all
from localcloud.cloudformation.stacks.resource_operations import ResourceOperations, ResourcesFailed
from localcloud.cloudformation.stacks.stack import Stack, Stacks
from localcloud.cloudformation.stacks.update import Update
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.processor import TemplateProcessor
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import Principal, role_session
from localcloud.settings import ACCOUNT_ID

log = logging.getLogger(__name__)

# How long an answer may wait for a short operation to end, in real seconds. AWS CLI and SAM CLI
# poll every 15 or 30 s: a stack of a few buckets then takes a moment and not half a minute.
# Longer operations are answered while they are in progress, as on AWS.
PATIENCE = 4.0


class Engine:
    """Creates, updates and deletes stacks."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.stacks = Stacks()
        self.patience = PATIENCE

    def new_stack(self, region: str, name: str, principal: Principal, **settings: Any) -> Stack:
        stack = Stack(
            id=f"arn:aws:cloudformation:{region}:{ACCOUNT_ID}:stack/{name}/{uuid.uuid4()}",
            name=name,
            region=region,
            clock=self.cloud.clock,
            principal=principal,
            created=utc(self.cloud.clock.now()),
            **settings,
        )
        stack.idle.set()
        self.stacks.add(stack)
        return stack

    def process(
        self, stack: Stack, principal: Principal, text: str, arguments: Sequence[Mapping[str, Any]]
    ) -> ProcessedTemplate:
        """A template for the stack; ``arguments`` may refer to the stack's parameters."""
        client = partial(self.cloud.clients.client, region=stack.region, principal=principal)
        pseudo = stack.pseudo_parameters()
        processor = TemplateProcessor(stack.region, client)
        return processor.process(text, arguments, stack.parameters, pseudo)

    def start(self, stack: Stack, operation: Callable[[], None]) -> None:
        """Run ``operation`` in a thread, after what is already running on the stack."""
        stack.idle.clear()
        thread = threading.Thread(
            target=self._run, args=(stack, operation), name=f"stack {stack.name}", daemon=True
        )
        thread.start()
        thread.join(self.patience)

    def create(self, stack: Stack, template: ProcessedTemplate) -> None:
        """Create every resource. A failure rolls back, unless the stack says not to."""
        stack.template = template
        deployment = Deployment(self._operations(stack), template)
        try:
            deployment.apply()
            stack.outputs = deployment.outputs()
        except (ResourcesFailed, ResourceFailure, ApiError) as error:
            self._fail_creation(stack, str(error))
            return
        stack.enter("CREATE_COMPLETE")

    def update(self, stack: Stack, template: ProcessedTemplate, tags: dict[str, str]) -> None:
        """Update, then clean up. A failure rolls back, unless the stack says not to."""
        update = self.new_update(stack, template, tags)
        if update.apply():
            update.finish()

    def new_update(self, stack: Stack, template: ProcessedTemplate, tags: dict[str, str]) -> Update:
        return Update(self._operations(stack), template, tags)

    def delete(self, stack: Stack) -> None:
        """Delete every resource before its dependencies."""
        stack.enter("DELETE_IN_PROGRESS", "User Initiated")
        stack.update = None
        self._delete_resources(stack, "DELETE")

    def _fail_creation(self, stack: Stack, reason: str) -> None:
        if stack.disable_rollback:
            stack.enter("CREATE_FAILED", reason)
            return
        stack.enter("ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user.")
        self._delete_resources(stack, "ROLLBACK", is_new=True)

    def _delete_resources(self, stack: Stack, verb: str, is_new: bool = False) -> None:
        """Delete the resources, and give the stack the status that ``verb`` ends with."""
        if failed := delete_all(self._operations(stack), is_new):
            names = ", ".join(failed)
            reason = f"The following resource(s) failed to delete: [{names}]. "
            stack.enter(f"{verb}_FAILED", reason)
            return
        if verb == "DELETE":
            stack.deleted = utc(self.cloud.clock.now())
        stack.enter(f"{verb}_COMPLETE")

    def _run(self, stack: Stack, operation: Callable[[], None]) -> None:
        with stack.operation:
            stack.idle.clear()
            try:
                operation()
            except Exception as error:
                # A defect of the local cloud: no status of AWS fits, but the caller that waits
                # must see that the operation failed, and why.
                log.exception("stack operation failed inside the local cloud")
                failed = stack.status.split("_", maxsplit=1)[0] + "_FAILED"
                stack.enter(failed, defect_reason(error))
            finally:
                stack.idle.set()

    def _operations(self, stack: Stack) -> ResourceOperations:
        """As the stack's service role, or as the caller."""
        role = stack.role_arn
        principal = role_session(role, "AWSCloudFormation") if role else stack.principal
        return ResourceOperations(self.cloud, self.stacks, stack, principal)
