"""Sets the routing controls, and never toggles them, so that a repetition changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from common.observability import logger
from failover.arc_cluster import Endpoint

ROUNDS = 3
# A little longer than the wait period of the safety rules in global-resources.yaml: within it
# ARC refuses every update with a ConflictException, also a repeated one.
PAUSE_SECONDS = 6.0


class QuorumUnreachable(Exception):
    """Too few endpoints answer to know which states the controls have."""


class SwitchRefused(Exception):
    """ARC refuses: by a safety rule, or for a missing permission. The message says which."""


class SwitchResult(TypedDict):
    """Whether this call changed anything, and the Region of the endpoint that decided it."""

    region: str
    changed: bool
    endpoint: str


class Cluster(Protocol):
    """The part of failover.arc_cluster.ArcCluster that is used here."""

    @property
    def majority(self) -> int: ...
    def in_random_order(self) -> list[Endpoint]: ...
    def has(self, endpoint: Endpoint, states: Mapping[str, str]) -> bool: ...
    def set(self, endpoint: Endpoint, states: Mapping[str, str]) -> None: ...


def set_controls(
    cluster: Cluster,
    region: str,
    states: Mapping[str, str],
    before_write: Callable[[], None],
    sleep: Callable[[float], None] = time.sleep,
) -> SwitchResult:
    """Return when the controls have the states. Raises QuorumUnreachable or SwitchRefused.

    `before_write` is called before each write; what it raises ends the call.

    An endpoint may answer an older state. So a majority has to agree that there is nothing to do,
    and one endpoint that disagrees is enough to write: a needless write changes nothing. If the
    response to a write is lost, the states are read again.
    """
    agreeing: set[Endpoint] = set()
    has_written, refusal = False, ""
    for attempt in range(ROUNDS):
        if attempt:
            sleep(PAUSE_SECONDS)
        for endpoint in cluster.in_random_order():
            try:
                if cluster.has(endpoint, states):
                    agreeing.add(endpoint)
                else:
                    has_written = True
                    before_write()
                    cluster.set(endpoint, states)
                    return {"region": region, "changed": True, "endpoint": endpoint.region}
            except (ClientError, BotoCoreError) as error:
                refusal = _refusal(error) or refusal
                logger.warning("Endpoint failed", endpoint=endpoint.region, error=repr(error))
            if len(agreeing) >= cluster.majority:
                return {"region": region, "changed": has_written, "endpoint": endpoint.region}
    if refusal:
        raise SwitchRefused(refusal)
    raise QuorumUnreachable(f"{len(agreeing)} endpoints agree, {cluster.majority} are needed")


def have_states(cluster: Cluster, states: Mapping[str, str]) -> bool:
    """Tell whether a majority of the endpoints says so. Raises QuorumUnreachable."""
    answers = []
    for endpoint in cluster.in_random_order():
        try:
            answers.append(cluster.has(endpoint, states))
        except (ClientError, BotoCoreError) as error:
            logger.warning("Endpoint failed", endpoint=endpoint.region, error=repr(error))
        if max(answers.count(True), answers.count(False)) >= cluster.majority:
            return answers.count(True) >= cluster.majority
    raise QuorumUnreachable(f"{len(answers)} endpoints answer, and do not agree")


def _refusal(error: ClientError | BotoCoreError) -> str:
    """Return what ARC says if it answered with a status below 500 that is not throttling."""
    if not isinstance(error, ClientError):
        return ""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return str(error) if status < 500 and status != 429 else ""
