"""Sets the routing controls to what is wanted. It never toggles, so that again changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from common.observability import logger
from failover.arc_cluster import Endpoint

ROUNDS = 3
# A little longer than the wait period of the safety rules in global-resources.yaml: within it
# ARC refuses every update with a ConflictException, that of a repeated request too.
PAUSE_SECONDS = 6.0


class QuorumUnreachable(Exception):
    """Too few endpoints answer: what is active is not known to be as wanted."""


class SwitchRefused(Exception):
    """ARC answers, and refuses: a safety rule, or a missing permission. The message says which."""


class Switched(TypedDict):
    """Whether this call changed anything, and which endpoint's answer settled it."""

    region: str
    changed: bool
    endpoint: str


class RoutingControls(Protocol):
    """What is needed of failover.cluster.Cluster."""

    @property
    def majority(self) -> int: ...
    def in_random_order(self) -> list[Endpoint]: ...
    def are(self, endpoint: Endpoint, wanted: Mapping[str, str]) -> bool: ...
    def set(self, endpoint: Endpoint, wanted: Mapping[str, str]) -> None: ...


def make_active(
    cluster: RoutingControls,
    region: str,
    wanted: Mapping[str, str],
    sleep: Callable[[float], None] = time.sleep,
) -> Switched:
    """Return when the controls are as wanted, or raise QuorumUnreachable or SwitchRefused.

    An endpoint may answer an older state. So "as wanted already" takes a majority that agrees,
    and one endpoint that disagrees is enough to write: a write that was needless changes nothing.
    A write whose reply was lost is followed by reading, never by a toggle.
    """
    agreeing: set[Endpoint] = set()
    tried, refusal = False, ""
    for turn in range(ROUNDS):
        if turn:
            sleep(PAUSE_SECONDS)
        for endpoint in cluster.in_random_order():
            try:
                if cluster.are(endpoint, wanted):
                    agreeing.add(endpoint)
                else:
                    tried = True
                    cluster.set(endpoint, wanted)
                    return {"region": region, "changed": True, "endpoint": endpoint.region}
            except (ClientError, BotoCoreError) as error:
                refusal = _refusal(error) or refusal
                logger.warning("Endpoint failed", endpoint=endpoint.region, error=repr(error))
            if len(agreeing) >= cluster.majority:
                return {"region": region, "changed": tried, "endpoint": endpoint.region}
    if refusal:
        raise SwitchRefused(refusal)
    raise QuorumUnreachable(f"{len(agreeing)} endpoints agree, {cluster.majority} are needed")


def _refusal(error: ClientError | BotoCoreError) -> str:
    """What ARC says if it answered, below 500 and other than that it is throttling."""
    if not isinstance(error, ClientError):
        return ""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return str(error) if status < 500 and status != 429 else ""
