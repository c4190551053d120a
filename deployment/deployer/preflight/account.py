"""The account, its Regions, and the stacks of this ENV that exist already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from ..aws import Aws
from ..failure import busy_error
from ..parallel import run_parallel
from ..plan import GLOBAL_REGION, Plan
from ..stack_info import describe_stack, stack_status
from .credentials import check_lifetime
from .finding import Finding
from .mail import check_mail
from .quotas import check_quotas
from .regions import check_regions, check_services


def check_credentials(aws: Aws, region: str) -> Finding:
    try:
        account = aws.account(region)
    except NoCredentialsError:
        return Finding.missing("AWS credentials: none were found; aws configure, or aws sso login")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return Finding.missing(
            f"valid AWS credentials: AWS answers {code}; see aws sts get-caller-identity"
        )
    except BotoCoreError as error:
        return Finding.missing(f"AWS does not answer: {error}")
    return Finding.ok(f"account {account}")


def check_account(aws: Aws, plan: Plan) -> list[Finding]:
    """Check the Regions first: nothing can be asked in one that does not exist."""
    findings = check_regions(aws, plan.settings.regions)
    if any(finding.is_missing for finding in findings):
        return findings
    checks = [partial(check_lifetime, aws), partial(_check_stacks, aws, plan)]
    for region in plan.settings.regions:
        checks.append(partial(check_services, aws, region))
        checks.append(partial(check_mail, aws, plan.settings, region))
        checks.append(partial(check_quotas, aws, plan, region))
    jobs = [lambda check=check: list(check()) for check in checks]
    return [*findings, *(finding for result in run_parallel(*jobs) for finding in result)]


def _check_stacks(aws: Aws, plan: Plan) -> Iterator[Finding]:
    """Stacks that exist must be at rest, in these Regions, and not share a name with others."""
    for stack in plan.all_stacks():
        if error := busy_error(stack, stack_status(aws, stack)):
            yield Finding.missing(str(error))
    yield from _check_same_regions(describe_stack(aws, plan.shared), plan)
    yield from _check_runbook_name(aws, plan)


def _check_same_regions(shared: dict[str, Any] | None, plan: Plan) -> Iterator[Finding]:
    if not shared:
        return
    parameters = {
        pair["ParameterKey"]: pair["ParameterValue"] for pair in shared.get("Parameters", [])
    }
    primary, secondary = (parameters.get(name) for name in plan.region_parameters())
    if (primary, secondary) != plan.settings.regions:
        yield Finding.missing(
            f"another ENV: '{plan.env}' is deployed to {primary} and {secondary} "
            f"({plan.shared.name} in {GLOBAL_REGION}). Use another ENV, or destroy that "
            f"first: make destroy-all PRIMARY_REGION={primary} SECONDARY_REGION={secondary}"
        )


def _check_runbook_name(aws: Aws, plan: Plan) -> Iterator[Finding]:
    """The runbooks of an empty ENV and of -dev have the same name."""
    twins = {"": "-dev", "-dev": ""}
    if (twin := twins.get(plan.env)) is None:
        return
    other = Plan(replace(plan.settings, env=twin))
    for stack in (other.standby, other.primary):
        if describe_stack(aws, stack):
            yield Finding.missing(
                f"another ENV: {stack} owns the name {plan.runbook()}, which '{twin}' and "
                f"'{plan.env}' share. Use another ENV, such as -two"
            )
