"""`make status`: the stacks, which Region is active, replication, and the files in flight."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .active_region import FunctionFailed, active_region
from .aws import Aws
from .errors import DeployError
from .parallel import run_parallel
from .plan import Plan
from .replication_lag import show_replication_lag
from .routing_controls import RoutingControls
from .stack_info import stack_outputs, stack_status
from .unfinished_files import show_unfinished_files


def show_status(aws: Aws, plan: Plan) -> None:
    """Print everything that can be learned; a part that fails does not hide the later ones.

    Raises DeployError at the end if a part failed. Without routing controls there is no more to
    show than the stacks.
    """
    _show_stacks(aws, plan)
    outputs = stack_outputs(aws, plan.shared)
    if not outputs:
        return
    account = outputs["MrapArn"].split(":")[4]
    controls = RoutingControls(aws, outputs)
    parts: list[Callable[[], None]] = [
        controls.show,
        lambda: console.info(f"Multi-Region Access Point: {outputs['MrapArn']}"),
        *(partial(_show_dns, aws, plan, region) for region in plan.settings.regions),
        partial(show_replication_lag, aws, plan, account),
        partial(show_unfinished_files, aws, plan, account),
    ]
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
    statuses = run_parallel(*(partial(stack_status, aws, stack) for stack in stacks))
    for stack, status in zip(stacks, statuses, strict=True):
        console.info(f"{stack.name:<28} {stack.region:<16} {status}")


def _show_dns(aws: Aws, plan: Plan, region: str) -> None:
    try:
        active = active_region(aws, plan, region)
    except (FunctionFailed, BotoCoreError, ClientError):
        active = "unknown"
    console.info(f"DNS in {region}: active is {active}")
