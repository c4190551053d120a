"""Calls every function of this Region with its check, so that none falls asleep.

Lambda takes the network interfaces back of a function in a VPC that nobody calls for weeks. The
next call fails, and more of them for minutes: in a standby Region, on the day of the failover.
https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from common import aws
from common.handler import READY, lambda_handler
from common.observability import logger
from common.runbook_steps import record_done
from common.state_table import StateTable

DYNAMODB = aws.dynamodb()
LAMBDA = aws.lambda_()
PAUSE_SECONDS = 10.0
# A new account runs ten functions at once, and this one and others are among them.
PARALLEL_CALLS = 4


@dataclass(frozen=True)
class Settings:
    """Names of the functions, separated by commas, and how long to wait for them to answer."""

    functions: str
    budget_seconds: int
    state_table: str
    aws_region: str
    peer_region: str


class Readiness(TypedDict):
    """The functions that have answered their check."""

    ready: list[str]


class NotReady(Exception):
    """These functions do not answer their check; the message says what each answers instead."""


@lambda_handler(Settings)
def handler(event: dict[str, Any], settings: Settings) -> Readiness:
    """`{"runbook": execution}`, or anything → `{"ready": [name]}` once every function has answered.

    Raises NotReady.
    """
    names = settings.functions.split(",")
    deadline = time.monotonic() + settings.budget_seconds
    waiting = _failures(names)
    while waiting and time.monotonic() + PAUSE_SECONDS < deadline:
        logger.warning("Not ready yet", functions=sorted(waiting))
        time.sleep(PAUSE_SECONDS)
        waiting = _failures(list(waiting))
    if waiting:
        raise NotReady("; ".join(f"{name}: {answer}" for name, answer in sorted(waiting.items())))
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    record_done(state, "CheckFunctions", event)
    return {"ready": names}


def _failures(names: list[str]) -> dict[str, str]:
    """Return what the functions answer that are not ready."""
    with ThreadPoolExecutor(PARALLEL_CALLS) as pool:
        answers = dict(zip(names, pool.map(_answer, names), strict=True))
    return {name: answer for name, answer in answers.items() if answer != json.dumps(READY)}


def _answer(name: str) -> str:
    """Return the function's answer to its check, or the error of the call."""
    try:
        response = LAMBDA.invoke(FunctionName=name, Payload=json.dumps({"check": True}))
        return json.dumps(json.load(response["Payload"]))
    except (BotoCoreError, ClientError, ValueError) as error:
        return repr(error)
