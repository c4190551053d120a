"""Is a Region fit for traffic? Asked before it is wired, with nothing but AWS's own APIs.

Every function starts and reads its settings; every state machine is valid; the record that names
the active Region resolves inside the VPC; the API answers. One line each.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from .cloud import Cloud, Resource, outputs, resources
from .console import Clock, say
from .plan import Plan, Stack, Stopped

# A role, a resource policy or a stage may take effect some seconds after CloudFormation is done.
PATIENCE = 60.0
PAUSE = 3.0


class Unfit(Exception):
    """What was seen instead of what was to be seen."""


class NotYet(Unfit):
    """The same, where it may only take some seconds more."""


@dataclass(frozen=True)
class Check:
    """`look` returns a few words about what it saw, or raises."""

    what: str
    look: Callable[[], str]


def verify(cloud: Cloud, plan: Plan, stack: Stack, patience: float = PATIENCE) -> None:
    """All checks of one application stack; raises Stopped with all that failed."""
    clock, deadline = Clock(), time.monotonic() + patience
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda check: _judged(check, deadline), _checks(cloud, plan, stack)))
    if failed := [problem for problem in seen if problem]:
        raise Stopped(
            f"FAILED: {stack} does not pass its check: stopped before anything is wired. "
            f"{' '.join(failed)} Mend that and run the same command again; make verify repeats "
            "the check alone."
        )
    say(f"{stack}: {len(seen)} checks passed, {clock.seconds} s")


def _checks(cloud: Cloud, plan: Plan, stack: Stack) -> Iterable[Check]:
    region = stack.region
    for one in resources(cloud, region, stack.name):
        name = one.physical_id.rpartition(":")[2]
        if one.type == "AWS::Lambda::Function":
            yield Check(f"function {name}", partial(_function, cloud, region, one))
        elif one.type == "AWS::StepFunctions::StateMachine":
            yield Check(f"state machine {name}", partial(_machine, cloud, region, one))
    env = plan.settings.env
    yield Check(f"record active.batch{env}.internal", partial(_record, cloud, plan, region))
    url = outputs(cloud, stack).get("RecordsApiUrl", "")
    yield Check(f"API {url}", partial(_api, cloud, region, url))


def _judged(check: Check, deadline: float) -> str:
    """Empty if it passed, before the deadline; a sentence if not."""
    while True:
        try:
            say(f"  ok      {check.what}: {check.look()}")
            return ""
        except (Unfit, ClientError, BotoCoreError, HTTPClientError) as error:
            final = isinstance(error, Unfit) and not isinstance(error, NotYet)
            if final or time.monotonic() > deadline:
                say(f"  FAILED  {check.what}: {error}")
                return f"{check.what[0].upper()}{check.what[1:]}: {str(error).rstrip('.')}."
        time.sleep(PAUSE)


def _function(cloud: Cloud, region: str, function: Resource) -> str:
    answer = invoke(cloud, region, function.physical_id, {"check": True})
    if answer != {"ready": True}:
        raise Unfit(f"it answered {json.dumps(answer)[:200]} to the check")
    return "starts, has its settings"


def invoke(cloud: Cloud, region: str, function: str, event: dict[str, Any]) -> Any:
    """The function's answer; raises Unfit with its error."""
    done = cloud.client("lambda", region).invoke(FunctionName=function, Payload=json.dumps(event))
    answer = json.loads(done["Payload"].read() or "null")
    if "FunctionError" in done:
        raise Unfit(f"{answer.get('errorType', 'error')}: {answer.get('errorMessage', answer)}")
    return answer


def _machine(cloud: Cloud, region: str, machine: Resource) -> str:
    states = cloud.client("stepfunctions", region)
    deployed = states.describe_state_machine(stateMachineArn=machine.physical_id)
    result = states.validate_state_machine_definition(
        definition=deployed["definition"], type=deployed["type"]
    )
    if result["result"] != "OK":
        found = [f"{one['message']} at {one.get('location', '?')}" for one in result["diagnostics"]]
        raise Unfit("; ".join(found))
    return "valid"


def active_region(cloud: Cloud, plan: Plan, region: str) -> str:
    """What the record says inside the VPC: the reconciler, without a pass, changes nothing."""
    answer = invoke(cloud, region, f"batch-reconciler{plan.settings.env}", {})
    return str(answer["active"])


def _record(cloud: Cloud, plan: Plan, region: str) -> str:
    try:
        active = active_region(cloud, plan, region)
    except Unfit as error:
        raise NotYet(str(error)) from error
    if active not in plan.settings.regions:
        raise NotYet(f"it names {active!r}, which is neither {' nor '.join(plan.settings.regions)}")
    return f"resolves to {active}"


def _api(cloud: Cloud, region: str, url: str) -> str:
    """A signed request that the enricher has to refuse: it reads no data."""
    request = AWSRequest("POST", url, data=b"{}", headers={"Content-Type": "application/json"})
    SigV4Auth(cloud.credentials(), "execute-api", region).add_auth(request)
    session = URLLib3Session(proxies=get_environ_proxies(url), verify=_certificates())
    answer = session.send(request.prepare())
    if answer.status_code != 400:
        raise NotYet(f"HTTP {answer.status_code} where 400 is due: {answer.text[:200]}")
    return "answers"


def _certificates() -> Any:
    import botocore.session

    return botocore.session.get_session().get_config_variable("ca_bundle") or True
