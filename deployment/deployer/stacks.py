"""One stack, deployed by `sam deploy` or deleted: with progress, and the reason if it fails."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable

from .cloud import MISSING, Cloud, status
from .console import Clock, say
from .events import Operation
from .failure import HALF_MADE, busy, not_deleted, not_deployed
from .plan import ROOT, Parameters, Plan, Stack

POLL = 0.5
# A function's network interfaces go last.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
_SLOW = "Lambda may keep its network interfaces for up to 40 minutes"


def deploy(cloud: Cloud, plan: Plan, stack: Stack, parameters: Parameters) -> None:
    """Create or update. A parameter that is not passed keeps its value. Raises Stopped."""
    state = status(cloud, stack)
    if stopped := busy(stack, state):
        raise stopped
    if state in HALF_MADE:
        say(f"{stack} was left half-made ({state}): deleting it first")
        delete(cloud, stack)
    say(f"{stack} …")
    operation, clock = Operation(cloud, stack), Clock()
    stack.log.parent.mkdir(parents=True, exist_ok=True)
    # sam leaves folders behind in the one for temporary files.
    with stack.log.open("w") as log, tempfile.TemporaryDirectory() as temporary:
        # Its polling stays quiet: the progress is ours.
        process = subprocess.Popen(  # noqa: S603 - sam, with the settings of the Makefile
            _sam_deploy(plan, stack, parameters),
            cwd=ROOT,
            env=os.environ | {"SAM_CLI_POLL_DELAY": "1", "TMPDIR": temporary},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _follow(lambda: process.poll() is None, operation, clock, str(stack))
    if process.returncode:
        raise not_deployed(cloud, stack, operation)
    operation.look()
    changed = operation.changed()
    say(f"{stack} done, {_many(changed)}, {clock.seconds} s")


def _many(changed: int) -> str:
    return f"{changed} resource{'s' * (changed != 1)}" if changed else "no changes"


def _sam_deploy(plan: Plan, stack: Stack, parameters: Parameters) -> list[str]:
    # fmt: off
    command = [
        "sam", "deploy", "--template-file", stack.template,
        "--stack-name", stack.name, "--region", stack.region,
        "--resolve-s3", "--s3-prefix", upload_prefix(plan),
        "--no-confirm-changeset", "--no-fail-on-empty-changeset",
        "--capabilities", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
    ]
    # fmt: on
    overrides = [override(name, value) for name, value in parameters.items()]
    return [*command, *(["--parameter-overrides", *overrides] if overrides else [])]


def override(name: str, value: str) -> str:
    r"""The argument `Name="value"`: without quotes sam refuses an empty value, and cuts at blanks.

    It unquotes `\"`, and has no way to write a backslash before the last quote.
    https://github.com/aws/aws-sam-cli/blob/develop/samcli/cli/types.py
    """
    escaped = value.replace('"', '\\"')
    return f'{name}="{escaped}"'


def upload_prefix(plan: Plan) -> str:
    """Where in SAM's bucket the templates and archives of this deployment go."""
    return f"batch{plan.settings.env}"


def delete(cloud: Cloud, stack: Stack) -> None:
    """Delete and wait; nothing to do if it is missing. Raises Stopped."""
    operation, clock = Operation(cloud, stack), Clock()
    # CloudFormation deletes nothing that it updates: an interrupted `make deploy` goes on there.
    _follow(lambda: _at_work(cloud, stack), operation, clock, f"waiting for {stack}")
    if status(cloud, stack) == MISSING:
        return
    say(f"deleting {stack} …")
    cloud.client("cloudformation", stack.region).delete_stack(StackName=stack.name)
    _follow(lambda: _at_work(cloud, stack), operation, clock, f"deleting {stack}")
    if status(cloud, stack) != MISSING:
        operation.look()
        raise not_deleted(stack, operation)
    say(f"{stack} deleted, {clock.seconds} s")


def _at_work(cloud: Cloud, stack: Stack) -> bool:
    state = status(cloud, stack)
    return state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS"


def _follow(at_work: Callable[[], bool], operation: Operation, clock: Clock, what: str) -> None:
    while at_work():
        time.sleep(POLL)
        if clock.due():
            operation.look()
            slow = f"; {_SLOW}" if "deleting" in what and clock.seconds > 120 else ""
            say(f"{what}: {operation.progress()}, {clock.seconds} s{slow}")
