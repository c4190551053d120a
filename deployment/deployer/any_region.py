"""Asks one Region after the other, because one may be down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .active_region import FunctionFailed, active_region
from .aws import QUICK, Aws
from .errors import DeployError
from .plan import Plan

Answer = TypeVar("Answer")


def ask_any_region(regions: Iterable[str], subject: str, ask: Callable[[str], Answer]) -> Answer:
    """Return the first answer, and name each Region that gave none. Raises DeployError."""
    for region in regions:
        try:
            return ask(region)
        except (BotoCoreError, ClientError, FunctionFailed) as error:
            console.error(f"  {subject} does not answer in {region}: {error}")
    raise DeployError(
        f"FAILED: {subject} answers in neither Region; the errors are above. "
        "make status shows what is deployed, and make check what is missing."
    )


def current_account(aws: Aws, plan: Plan) -> str:
    """Return the account of the operator's credentials. Raises DeployError."""
    return ask_any_region(
        plan.settings.regions, "AWS STS", lambda region: aws.account(region, QUICK)
    )


def current_active_region(aws: Aws, plan: Plan) -> str:
    """Return the active Region by the DNS of whichever Region answers. Raises DeployError."""
    return ask_any_region(
        plan.settings.regions,
        plan.function("reconciler"),
        lambda region: active_region(aws, plan, region, QUICK),
    )
