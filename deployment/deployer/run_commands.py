"""`make retry`, `make give-up` and `make link`: what an operator does about one run.

A function of the active Region does it, because each Region alone writes its items of the table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.attempts import parse_attempt_name
from common.visible_text import visible

from . import console
from .active_region import FunctionFailed, invoke
from .announcement import announce
from .any_region import current_active_region
from .aws import PATIENT, Aws
from .errors import DeployError
from .plan import Plan

STARTS = "Attempt {attempt} at {run_id} begins in {region}. It will be mailed when it is complete."
GIVEN_UP = "{run_id} is given up: it is neither tried again nor mailed any more."
# What a command tells, and what to do next, if it changed nothing: by outcome and the run's status.
REFUSALS = {
    ("running", ""): "{region} is at work on attempt {attempt} of {run_id}. Wait: make status "
    "shows when it has ended.",
    ("finished", "COMPLETED"): "{run_id} is COMPLETED, and its result was mailed. For new links: "
    "make link RUN={run_id}. To process the file once more, upload it again.",
    ("finished", "GIVEN_UP"): "{run_id} was given up, for good. To process the file all the same, "
    "upload it again.",
    ("missing", ""): "the input of {run_id} is not in the bucket of {region}. If the other Region "
    "has it, S3 replicates it when that Region is back: then run the same command again. "
    "Otherwise ask the user to upload the file again, and run make give-up RUN={run_id}.",
    ("unreadable", ""): "the input of {run_id} cannot be read in {region}: it is archived, or "
    "encrypted with a key that may not be used. Restore it or allow the key, and run the same "
    "command again. Otherwise ask the user to upload the file again, and run "
    "make give-up RUN={run_id}.",
}
ERRORS = {
    "UnknownRun": "{region} knows no run {run_id} of this ENV. make status shows the ids of "
    "unfinished runs, and every mail names its run. If the other Region has just begun it, wait "
    "a minute and run the same command again.",
    "NotActive": "{region} is not active any more. Wait until the failover is over, and run the "
    "same command again.",
    "NotCompleted": "{run_id} is not COMPLETED, so there is no result. make status shows whether "
    "it is at work; make retry RUN={run_id} begins it again if it failed.",
}


@dataclass(frozen=True)
class Deployment:
    """What the command is about: the active Region of a deployment, in an account."""

    aws: Aws
    plan: Plan
    region: str


def retry(aws: Aws, plan: Plan, run: str) -> None:
    """Begin the next attempt at a run. Raises DeployError if nothing was to be done."""
    deployment, run_id = _prepare(aws, plan, run)
    response = _ask(deployment, "reconciler", "retry", run_id)
    _tell(response, "requeued", STARTS, deployment)


def give_up(aws: Aws, plan: Plan, run: str) -> None:
    """Give a run up, for good. Raises DeployError if it is complete."""
    deployment, run_id = _prepare(aws, plan, run)
    response = _ask(deployment, "reconciler", "give_up", run_id)
    _tell(response, "given_up", GIVEN_UP, deployment)


def show_links(aws: Aws, plan: Plan, run: str) -> None:
    """Print new links to the result of a run, and to its rejected rows if there are any."""
    print_links(*_prepare(aws, plan, run))


def print_links(deployment: Deployment, run_id: str) -> None:
    """The same for a run whose id is known to be one."""
    links = _ask(deployment, "emailer", "link", run_id)
    until = datetime.now(UTC) + timedelta(seconds=links["seconds"])
    console.info(
        f"These links to the result of {run_id} work for {links['seconds']} s at most, until "
        f"{until:%Y-%m-%d %H:%M} UTC; make link RUN={run_id} makes new ones:"
    )
    print(links["result"])
    if links["rejects"]:
        console.info("The rejected rows, with their reasons:")
        print(links["rejects"])


def describe_deployment(aws: Aws, plan: Plan) -> str:
    """Print what the command is about and which Region is active; return that."""
    announce(aws, plan)
    active = active_deployment(aws, plan).region
    console.info(f"The active Region is {active}.")
    return active


def active_deployment(aws: Aws, plan: Plan) -> Deployment:
    """Return the active Region's deployment. Raises DeployError if no Region is active."""
    active = current_active_region(aws, plan)
    if active not in plan.settings.regions:
        raise DeployError(f"FAILED: no Region is active: DNS says {active!r}. See make status.")
    return Deployment(aws, plan, active)


def _prepare(aws: Aws, plan: Plan, run: str) -> tuple[Deployment, str]:
    """Return the active Region's deployment and the id of the run, also if an attempt is named."""
    attempt = parse_attempt_name(run.strip())
    if attempt is None:
        raise DeployError(
            f"Nothing was done: RUN={visible(run)} is not the id of a run. make status shows the "
            "ids of unfinished runs, and every mail names its run: "
            "RUN=orders-0123456789abcdef01234567"
        )
    return Deployment(aws, plan, describe_deployment(aws, plan)), attempt.run_id


def _ask(deployment: Deployment, function: str, action: str, run_id: str) -> dict[str, Any]:
    name, region = deployment.plan.function(function), deployment.region
    try:
        response = invoke(deployment.aws, region, name, {action: run_id}, PATIENT)
    except FunctionFailed as error:
        if error.type in ERRORS:
            text = ERRORS[error.type].format(run_id=run_id, region=region)
            raise DeployError(f"Nothing was done: {text}") from error
        raise DeployError(
            f"FAILED: {name} in {region}: {str(error).rstrip('.')}. Run the same command again, "
            "which is safe; if it fails again, see the log of the function."
        ) from error
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"FAILED: {name} does not answer in {region}: {str(error).rstrip('.')}. Run the same "
            f"command again, which is safe. If {region} is down, run make failover first."
        ) from error
    return dict(response)


def _tell(response: dict[str, Any], success: str, text: str, deployment: Deployment) -> None:
    """Print the text if the outcome is a success. Raises DeployError otherwise."""
    names = {**response, "region": deployment.region}
    outcome, status = response["outcome"], response["status"]
    if outcome == success:
        console.info(text.format(**names))
        return
    refusal = REFUSALS.get((outcome, status)) or REFUSALS.get((outcome, ""))
    if refusal is None:
        raise DeployError(f"FAILED: the answer is not understood: {json.dumps(response)}")
    raise DeployError(f"Nothing was changed: {refusal.format(**names)}")
