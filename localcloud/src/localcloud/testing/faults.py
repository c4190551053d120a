"""Things that fail until they are mended: calls, whole Regions, ARC's endpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Unpack

from localcloud.arc import Arc
from localcloud.arc.model import CLUSTER_REGIONS
from localcloud.cloud import Cloud
from localcloud.faults import Cut, Delay, Effect, Refuse
from localcloud.faults import Faults as Switch
from localcloud.testing.calls import CallFilter, Matcher

ARC_REGIONS = CLUSTER_REGIONS  # where the five endpoints of a cluster are, in their order
EndpointMode = Literal["up", "down", "unavailable", "slow", "stale", "loses_reply"]


@dataclass(frozen=True)
class Fault:
    """A fault that is on."""

    id: str
    _switch: Switch

    def remove(self) -> None:
        """Switch it off; without effect if it is off."""
        self._switch.remove(self.id)


class Faults:
    """``cloud.faults``."""

    def __init__(self, cloud: Cloud) -> None:
        self._switch = cloud.get(Switch)
        self._arc = cloud.get(Arc)

    def outage(self, region: str) -> None:
        """Let the whole Region fail."""
        self._switch.outages.begin(region)

    def recover(self, region: str) -> None:
        """End the Region's outage; without effect if there is none."""
        self._switch.outages.end(region)

    def cut(self, **filters: Unpack[CallFilter]) -> Fault:
        """Give such calls no answer."""
        return self._add(Cut(), filters)

    def refuse(self, code: str, status: int, **filters: Unpack[CallFilter]) -> Fault:
        """Answer such calls with an error."""
        return self._add(Refuse(code, status), filters)

    def delay(self, seconds: float, **filters: Unpack[CallFilter]) -> Fault:
        """Let such calls pass ``seconds`` of AWS time later."""
        return self._add(Delay(seconds), filters)

    def set_arc_endpoint(self, region: str, mode: EndpointMode) -> None:
        """Let the endpoint of every ARC cluster in ``region`` work (``up``) or misbehave.

        ``down`` gives no answer, ``unavailable`` an error; ``slow`` answers late; ``stale`` knows
        an old state and can write nothing; ``loses_reply`` does the work and drops the connection.
        """
        self._arc.set_endpoint(region, mode)

    def _add(self, effect: Effect, filters: CallFilter) -> Fault:
        return Fault(self._switch.add(Matcher(filters), effect), self._switch)
