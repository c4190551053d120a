"""`make status`: the stacks, which Region is active, replication, and the files in flight."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .active_region import FunctionFailed, active_region
from .any_region import current_account
from .aws import QUICK, Aws
from .errors import DeployError
from .plan import Plan, Stack
from .replication_lag import replication_lag_lines
from .routing_controls import RoutingControls
from .stack_info import MISSING, describe_stack, outputs_of
from .unfinished_files import unfinished_files_lines
from .waiting_chunks import Description, waiting_chunks_lines

Part = Callable[[], list[str]]
Descriptions = dict[Stack, Description]


def show_status(aws: Aws, plan: Plan) -> None:
    """Print everything that can be learned; a part that fails does not hide the later ones.

    The parts are asked at the same time, since a busy Region takes its time for each call. Raises
    DeployError at the end if a part failed. Without routing controls there is no more to show than
    the stacks.
    """
    stacks = plan.permanent_stacks()
    with ThreadPoolExecutor(len(stacks) + 1) as pool:
        account = pool.submit(current_account, aws, plan)
        described = pool.map(partial(_describe, aws), stacks)
        descriptions = dict(zip(stacks, described, strict=True))
        _show_stacks(descriptions)
    parts = _shared_parts(aws, plan, descriptions)
    if parts:
        _show_parts([*parts, *_application_parts(aws, plan, account.result(), descriptions)])


def _describe(aws: Aws, stack: Stack) -> Description:
    try:
        return describe_stack(aws, stack, QUICK) or {}
    except (BotoCoreError, ClientError) as error:
        return error


def _show_stacks(descriptions: Descriptions) -> None:
    for stack, description in descriptions.items():
        if isinstance(description, Exception):
            status = f"does not answer: {description}"
        else:
            status = description.get("StackStatus", MISSING)
        console.info(f"{stack.name:<28} {stack.region:<16} {status}")


def _shared_parts(aws: Aws, plan: Plan, descriptions: Descriptions) -> list[Part]:
    """Return what shows the access point and the controls; nothing if there are none."""
    description = descriptions[plan.shared]
    if isinstance(description, Exception):
        return [lambda: [f"routing controls: not shown, since {plan.shared} does not answer"]]
    outputs = outputs_of(description)
    if not outputs:
        return []
    return [
        lambda: [f"Multi-Region Access Point: {outputs['MrapArn']}"],
        lambda: [RoutingControls(aws, outputs).describe()],
    ]


def _application_parts(
    aws: Aws, plan: Plan, account: str, descriptions: Descriptions
) -> list[Part]:
    applications = {stack.region: descriptions[stack] for stack in (plan.primary, plan.standby)}
    return [
        *(partial(_dns_lines, aws, plan, region) for region in plan.settings.regions),
        partial(replication_lag_lines, aws, plan, account),
        partial(waiting_chunks_lines, aws, plan, applications),
        partial(unfinished_files_lines, aws, plan, account),
    ]


def _show_parts(parts: list[Part]) -> None:
    """Print the lines of each part, in their order. Raises DeployError with what failed."""
    failures = []
    with ThreadPoolExecutor(len(parts)) as pool:
        for future in [pool.submit(part) for part in parts]:
            try:
                for line in future.result():
                    console.info(line)
            except DeployError as error:
                failures.append(str(error))
    if failures:
        raise DeployError("\n\n".join(failures))


def _dns_lines(aws: Aws, plan: Plan, region: str) -> list[str]:
    try:
        active = active_region(aws, plan, region, QUICK)
    except (FunctionFailed, BotoCoreError, ClientError):
        active = "unknown, since the reconciler there does not answer"
    return [f"DNS in {region}: active is {active}"]
