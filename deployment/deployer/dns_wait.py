"""Waits until the functions of both Regions see the active Region that ARC names.

A resolver keeps an answer for the record's TTL, and each Region has resolvers of its own.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-availability-scaling.html
"""

from __future__ import annotations

import time
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from .active_region import FunctionFailed, active_region
from .aws import Aws
from .console import info
from .errors import DeployError
from .parallel import run_parallel
from .plan import Plan
from .routing_controls import RoutingControls

TRIES, PAUSE_SECONDS = 150, 2.0  # the record's TTL is a minute


def await_dns(aws: Aws, plan: Plan, shared: dict[str, str]) -> None:
    """Raises DeployError if a Region's functions do not see it in five minutes.

    Until then both Regions would skip what is uploaded.
    """
    active = RoutingControls(aws, shared).active_region(plan.settings.regions)
    run_parallel(*(partial(_await, aws, plan, region, active) for region in plan.settings.regions))


def _await(aws: Aws, plan: Plan, region: str, active: str) -> None:
    answer = ""
    for _ in range(TRIES):
        answer = _answer(aws, plan, region)
        if answer == active:
            info(f"DNS in {region} names {active}")
            return
        time.sleep(PAUSE_SECONDS)
    raise DeployError(
        f"FAILED: in {region} DNS answers {answer!r}, but the active Region is {active}. See make "
        "status, and run make deploy again."
    )


def _answer(aws: Aws, plan: Plan, region: str) -> str:
    try:
        return active_region(aws, plan, region)
    except (FunctionFailed, BotoCoreError, ClientError) as error:
        return str(error)
