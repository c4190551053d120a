"""Checks that a Region is fit for traffic, before it is wired, by AWS's own APIs alone.

Every function starts and reads its settings; every state machine is valid; the record that names
the active Region resolves inside the VPC; the emailer may send; the API answers. Each check prints
one line.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from . import console
from .active_region import FunctionFailed, active_region, invoke
from .aws import Aws
from .console import Stopwatch
from .errors import DeployError
from .mail_permission import MayNotSend, check_mail_permission
from .plan import Plan, Stack
from .stack_info import Resource, deployed_outputs, stack_resources

# A role, a resource policy or a stage may take effect some seconds after CloudFormation is ready.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 3.0


class CheckFailed(Exception):
    """The check failed, and would fail again."""


class NotReady(Exception):
    """The check failed, but may pass some seconds later."""


@dataclass(frozen=True)
class Check:
    """`run` returns a few words for the operator, or raises."""

    subject: str
    run: Callable[[], str]


def verify(aws: Aws, plan: Plan, stack: Stack, patience: float = PATIENCE_SECONDS) -> None:
    """Run all checks of an application's stack. Raises DeployError with those that failed."""
    stopwatch, deadline = Stopwatch(), time.monotonic() + patience
    with ThreadPoolExecutor(4) as pool:
        failures = list(
            pool.map(lambda check: _failure(check, deadline), _checks(aws, plan, stack))
        )
    if texts := [text for text in failures if text]:
        raise DeployError(
            f"FAILED: {stack} does not pass its check: stopped before anything is wired. "
            f"{' '.join(texts)} Correct this and run the same command again; make verify repeats "
            "the check alone."
        )
    console.info(f"{stack}: {len(failures)} checks passed, {stopwatch.seconds} s")


def _checks(aws: Aws, plan: Plan, stack: Stack) -> Iterable[Check]:
    region, url = stack.region, deployed_outputs(aws, stack)["RecordsApiUrl"]
    for resource in stack_resources(aws, region, stack.name):
        name = resource.physical_id.rpartition(":")[2]
        if resource.type == "AWS::Lambda::Function":
            yield Check(f"function {name}", partial(_check_function, aws, region, resource))
        elif resource.type == "AWS::StepFunctions::StateMachine":
            run = partial(_check_state_machine, aws, region, resource)
            yield Check(f"state machine {name}", run)
    yield Check(f"record active.batch{plan.env}.internal", partial(_check_dns, aws, plan, region))
    yield Check("the emailer", partial(_check_mail, aws, plan, region))
    yield Check(f"API {url}", partial(_check_api, aws, region, url))


def _failure(check: Check, deadline: float) -> str:
    """Repeat the check until the deadline; return a sentence if it failed, else nothing."""
    while True:
        try:
            console.info(f"  ok      {check.subject}: {check.run()}")
            return ""
        except (CheckFailed, NotReady, ClientError, BotoCoreError, HTTPClientError) as error:
            if isinstance(error, CheckFailed) or time.monotonic() > deadline:
                console.info(f"  FAILED  {check.subject}: {error}")
                subject = check.subject[0].upper() + check.subject[1:]
                return f"{subject}: {str(error).rstrip('.')}."
        time.sleep(PAUSE_SECONDS)


def _check_function(aws: Aws, region: str, function: Resource) -> str:
    try:
        response = invoke(aws, region, function.physical_id, {"check": True})
    except FunctionFailed as error:
        raise CheckFailed(str(error)) from error
    if response != {"ready": True}:
        raise CheckFailed(f"it answered {json.dumps(response)[:200]} to the check")
    return "starts, has its settings"


def _check_state_machine(aws: Aws, region: str, machine: Resource) -> str:
    stepfunctions = aws.client("stepfunctions", region)
    deployed = stepfunctions.describe_state_machine(stateMachineArn=machine.physical_id)
    result = stepfunctions.validate_state_machine_definition(
        definition=deployed["definition"], type=deployed["type"]
    )
    if result["result"] != "OK":
        diagnostics = [
            f"{diagnostic['message']} at {diagnostic.get('location', '?')}"
            for diagnostic in result["diagnostics"]
        ]
        raise CheckFailed("; ".join(diagnostics))
    return "valid"


def _check_dns(aws: Aws, plan: Plan, region: str) -> str:
    try:
        active = active_region(aws, plan, region)
    except FunctionFailed as error:
        raise NotReady(str(error)) from error
    if active not in plan.settings.regions:
        regions = " nor ".join(plan.settings.regions)
        raise NotReady(f"it names {active!r}, which is neither {regions}")
    return f"resolves to {active}"


def _check_mail(aws: Aws, plan: Plan, region: str) -> str:
    try:
        return check_mail_permission(aws, plan, region)
    except MayNotSend as error:
        raise NotReady(str(error)) from error  # IAM tells of a new policy some seconds later


def _check_api(aws: Aws, region: str, url: str) -> str:
    """Send a signed request that the enricher has to refuse, so that it reads no data."""
    request = AWSRequest("POST", url, data=b"{}", headers={"Content-Type": "application/json"})
    SigV4Auth(aws.credentials(), "execute-api", region).add_auth(request)
    session = URLLib3Session(proxies=get_environ_proxies(url), verify=_certificates())
    response = session.send(request.prepare())
    if response.status_code != 400:
        raise NotReady(f"HTTP {response.status_code} instead of 400: {response.text[:200]}")
    return "answers"


def _certificates() -> Any:
    return botocore.session.get_session().get_config_variable("ca_bundle") or True
