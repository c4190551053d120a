"""Deploys a stack by `sam deploy`, or deletes it: with progress, and the reason of a failure."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable

from . import console, failure
from .aws import Aws
from .console import Stopwatch
from .plan import ROOT, Parameters, Plan, Stack
from .sam import deploy_command
from .sources import sources_digest
from .stack_events import Operation
from .stack_info import MISSING, describe_stack, stack_status
from .unchanged import is_unchanged, note_deployment

POLL_SECONDS = 0.5
# Seconds between sam's 120 looks at a change set, after which it calls it a failed one. So a short
# delay is for a cloud whose change sets take no time; its shell sets it.
# https://github.com/aws/aws-sam-cli/blob/develop/samcli/lib/deploy/deployer.py
POLL_DELAY = "5"
# CloudFormation deletes a function's network interfaces last.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_SLOW = "Lambda may keep its network interfaces for up to 40 minutes"


def deploy(aws: Aws, plan: Plan, stack: Stack, parameters: Parameters) -> None:
    """Create or update the stack, unless that changes nothing.

    A parameter that is not passed keeps its value.
    """
    description = describe_stack(aws, stack) or {}
    if is_unchanged(stack, description, parameters):
        console.info(
            f"{stack} done, no changes: template, code and parameters are as deployed last"
        )
        return
    status = description.get("StackStatus", MISSING)
    if error := failure.busy_error(stack, status):
        raise error
    if status in failure.HALF_MADE:
        console.info(f"{stack} was left half-made ({status}): deleting it first")
        delete(aws, stack)
    console.info(f"{stack} …")
    operation, stopwatch = Operation(aws, stack), Stopwatch()
    digest = sources_digest(stack.template)
    if _run_sam(deploy_command(plan, stack, parameters), stack, operation, stopwatch):
        raise failure.not_deployed(aws, stack, operation)
    note_deployment(stack, describe_stack(aws, stack) or {}, digest)
    operation.refresh()
    changes = _count_changes(operation.changed_count())
    console.info(f"{stack} done, {changes}, {stopwatch.seconds} s")


def _run_sam(command: list[str], stack: Stack, operation: Operation, stopwatch: Stopwatch) -> int:
    """Return sam's exit code; its output goes to the stack's log."""
    stack.log.parent.mkdir(parents=True, exist_ok=True)
    # sam leaves folders behind in the one for temporary files.
    with stack.log.open("w") as log, tempfile.TemporaryDirectory() as temporary:
        process = subprocess.Popen(  # noqa: S603 - sam, with the settings of the Makefile
            command,
            cwd=ROOT,
            env={"SAM_CLI_POLL_DELAY": POLL_DELAY, **os.environ, "TMPDIR": temporary},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _report_while(lambda: process.poll() is None, operation, stopwatch, str(stack))
    return process.returncode


def _count_changes(changed: int) -> str:
    return f"{changed} resource{'s' * (changed != 1)}" if changed else "no changes"


def delete(aws: Aws, stack: Stack) -> None:
    """Delete the stack and wait for the end of it; a missing stack is no error."""
    operation, stopwatch = Operation(aws, stack), Stopwatch()

    def is_busy() -> bool:
        return failure.is_in_progress(stack_status(aws, stack))

    # CloudFormation refuses to delete a stack that an interrupted `make deploy` is still updating.
    _report_while(is_busy, operation, stopwatch, f"waiting for {stack}")
    if stack_status(aws, stack) == MISSING:
        return
    console.info(f"deleting {stack} …")
    aws.client("cloudformation", stack.region).delete_stack(StackName=stack.name)
    _report_while(is_busy, operation, stopwatch, f"deleting {stack}")
    if stack_status(aws, stack) != MISSING:
        operation.refresh()
        raise failure.not_deleted(stack, operation)
    console.info(f"{stack} deleted, {stopwatch.seconds} s")


def _report_while(
    is_busy: Callable[[], bool], operation: Operation, stopwatch: Stopwatch, task: str
) -> None:
    while is_busy():
        time.sleep(POLL_SECONDS)
        if stopwatch.is_report_due():
            operation.refresh()
            note = f"; {_SLOW}" if "deleting" in task and stopwatch.seconds > 120 else ""
            console.info(f"{task}: {operation.progress()}, {stopwatch.seconds} s{note}")
