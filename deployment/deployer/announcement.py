"""What a command that changes something says first: which ENV, Regions, account and principal."""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .any_region import ask_any_region
from .aws import QUICK, Aws
from .destination import AWS_ITSELF, destination
from .plan import Plan


def announce(aws: Aws, plan: Plan) -> None:
    """Print what the command is about. Raises DeployError if STS answers in no Region."""
    regions = plan.settings.regions
    _announce(plan, regions, ask_any_region(regions, "AWS STS", lambda region: _who(aws, region)))


def announce_failover(aws: Aws, plan: Plan, region: str) -> None:
    """The same by this Region alone: another one may be down. It does not fail without STS."""
    try:
        who = _who(aws, region)
    except (BotoCoreError, ClientError) as error:
        console.error(f"  AWS STS does not answer in {region}: {error}")
        who = "an account that is unknown, as STS does not answer"
    _announce(plan, (region,), who)


def _who(aws: Aws, region: str) -> str:
    identity = aws.identity(region, QUICK)
    where = destination(aws, region, identity["Account"])
    place = "AWS" if where == AWS_ITSELF else f"the local cloud at {where}, not AWS"
    return f"account {identity['Account']} as {identity['Arn']}, on {place}"


def _announce(plan: Plan, regions: Iterable[str], who: str) -> None:
    console.heading(f"ENV={plan.env or '(empty)'} in {' and '.join(regions)}: {who}")
