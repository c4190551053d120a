"""`make status`: the stacks, which Region is active, replication, and the files in flight."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .active_region import FunctionFailed, active_region
from .any_region import current_account
from .aws import QUICK, Aws
from .errors import DeployError
from .parallel import run_parallel
from .plan import Plan, Stack
from .replication_lag import show_replication_lag
from .routing_controls import RoutingControls
from .stack_info import stack_outputs, stack_status
from .unfinished_files import show_unfinished_files
from .waiting_chunks import show_waiting_chunks


def show_status(aws: Aws, plan: Plan) -> None:
    """Print everything that can be learned; a part that fails does not hide the later ones.

    Raises DeployError at the end if a part failed. Without routing controls there is no more to
    show than the stacks.
    """
    _show_stacks(aws, plan)
    outputs = _shared_outputs(aws, plan)
    if outputs is not None and not outputs:
        return
    account = current_account(aws, plan)
    parts: list[Callable[[], None]] = [
        *(partial(_show_dns, aws, plan, region) for region in plan.settings.regions),
        partial(show_replication_lag, aws, plan, account),
        partial(show_waiting_chunks, aws, plan),
        partial(show_unfinished_files, aws, plan, account),
    ]
    if outputs:
        parts.insert(0, partial(_show_shared, aws, outputs))
    failures = [failure for part in parts if (failure := _run_part(part))]
    if failures:
        raise DeployError("\n\n".join(failures))


def _run_part(part: Callable[[], None]) -> str:
    """Return why the part failed; nothing if it did not."""
    try:
        part()
    except DeployError as error:
        return str(error)
    return ""


def _show_stacks(aws: Aws, plan: Plan) -> None:
    stacks = plan.permanent_stacks()
    statuses = run_parallel(*(partial(_stack_status, aws, stack) for stack in stacks))
    for stack, status in zip(stacks, statuses, strict=True):
        console.info(f"{stack.name:<28} {stack.region:<16} {status}")


def _stack_status(aws: Aws, stack: Stack) -> str:
    try:
        return stack_status(aws, stack, QUICK)
    except (BotoCoreError, ClientError) as error:
        return f"does not answer: {error}"


def _shared_outputs(aws: Aws, plan: Plan) -> dict[str, str] | None:
    """Return what ARC and the access point are called, or None if CloudFormation is out there."""
    try:
        return stack_outputs(aws, plan.shared, QUICK)
    except (BotoCoreError, ClientError):
        console.info(f"routing controls: not shown, since {plan.shared} does not answer")
        return None


def _show_shared(aws: Aws, outputs: dict[str, str]) -> None:
    console.info(f"Multi-Region Access Point: {outputs['MrapArn']}")
    RoutingControls(aws, outputs).show()


def _show_dns(aws: Aws, plan: Plan, region: str) -> None:
    try:
        active = active_region(aws, plan, region, QUICK)
    except (FunctionFailed, BotoCoreError, ClientError):
        active = "unknown, since the reconciler there does not answer"
    console.info(f"DNS in {region}: active is {active}")
