"""What the account and its Regions have to have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from ..cloud import MISSING, Cloud, described
from ..failure import busy
from ..parallel import together
from ..plan import GLOBAL_REGION, Plan
from .finding import Finding
from .mail import mail
from .quotas import quotas
from .regions import regions, services


def credentials(cloud: Cloud, region: str) -> Finding:
    try:
        account = cloud.account(region)
    except NoCredentialsError:
        return Finding.missing("AWS credentials: none were found; aws configure, or aws sso login")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return Finding.missing(
            f"AWS credentials that count: {code}; see aws sts get-caller-identity"
        )
    except BotoCoreError as error:
        return Finding.missing(f"AWS does not answer: {error}")
    return Finding.ok(f"account {account}")


def look(cloud: Cloud, plan: Plan) -> list[Finding]:
    """The Regions first: nothing can be asked where there is none."""
    found = regions(cloud, plan.settings.regions)
    if any(one.stops for one in found):
        return found
    parts = [partial(_stacks, cloud, plan)]
    for region in plan.settings.regions:
        parts.append(partial(services, cloud, region))
        parts.append(partial(mail, cloud, plan.settings, region))
        parts.append(partial(quotas, cloud, plan, region))
    jobs = [lambda part=part: list(part()) for part in parts]
    return [*found, *(one for part in together(*jobs) for one in part)]


def _stacks(cloud: Cloud, plan: Plan) -> Iterator[Finding]:
    """Those of this ENV that stand already: at rest, and in these Regions."""
    for stack in plan.all():
        found = described(cloud, stack)
        if stopped := busy(stack, found["StackStatus"] if found else MISSING):
            yield Finding.missing(str(stopped))
    yield from _elsewhere(described(cloud, plan.shared), plan)
    yield from _plain_name(cloud, plan)


def _elsewhere(shared: dict[str, Any] | None, plan: Plan) -> Iterator[Finding]:
    given = {
        one["ParameterKey"]: one["ParameterValue"] for one in (shared or {}).get("Parameters", [])
    }
    there = given.get("PrimaryRegion"), given.get("SecondaryRegion")
    if shared and there != plan.settings.regions:
        yield Finding.missing(
            f"another ENV: '{plan.settings.env}' is deployed to {there[0]} and {there[1]} "
            f"({plan.shared.name} in {GLOBAL_REGION}). Use another ENV, or destroy that "
            f"first: make destroy-all PRIMARY_REGION={there[0]} SECONDARY_REGION={there[1]}"
        )


def _plain_name(cloud: Cloud, plan: Plan) -> Iterator[Finding]:
    """The runbook of an empty ENV and that of -dev have the same name."""
    twins = {"": "-dev", "-dev": ""}
    if (twin := twins.get(plan.settings.env)) is None:
        return
    other = Plan(replace(plan.settings, env=twin))
    for stack in (other.standby, other.primary):
        if described(cloud, stack):
            yield Finding.missing(
                f"another ENV: {stack} owns the name AutomationFailoverRunbook, which '{twin}' and "
                f"'{plan.settings.env}' share. Use another ENV, such as -two"
            )
