"""What is missing, before anything is created: `make check`, and the start of `make deploy`."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from ..cloud import Cloud
from ..console import say
from ..plan import Plan, Stopped
from .account import credentials, look
from .finding import Finding
from .machine import tools
from .settings import problems


def check(cloud: Cloud, plan: Plan, *, brief: bool) -> None:
    """Say what was found, in `brief` only what is amiss; raises Stopped if anything is missing.

    Each part is looked at only if what it depends on is there.
    """
    found = [*problems(plan.settings), *tools()]
    if not any(one.stops for one in found):
        found += _account(cloud, plan)
    for one in found:
        if one.amiss or not brief:
            say(str(one))
    if stopping := sum(one.stops for one in found):
        raise Stopped(f"Cannot deploy: {stopping} missing, as named above. Nothing was created.")


def _account(cloud: Cloud, plan: Plan) -> list[Finding]:
    known = credentials(cloud, plan.settings.primary_region)
    if known.stops:
        return [known]
    try:
        return [known, *look(cloud, plan)]
    except (BotoCoreError, ClientError) as error:
        return [known, Finding.missing(f"AWS did not answer a question of this check: {error}")]
