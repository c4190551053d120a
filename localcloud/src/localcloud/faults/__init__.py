"""Fault injection: single calls that fail, and whole Regions.

``cloud.get(Faults)`` has ``add(condition, effect)`` and ``remove(id)`` for single faults, and
``outages`` for Regions; so have ``localcloud fault`` and ``outage``.
"""

from localcloud.cloud import Cloud
from localcloud.faults.effects import Cut, Delay, Effect, Refuse
from localcloud.faults.outages import Outages
from localcloud.faults.switch import Condition, Faults, Match

__all__ = ["Condition", "Cut", "Delay", "Effect", "Faults", "Match", "Refuse", "install"]


def install(cloud: Cloud) -> None:
    faults = Faults(cloud.clock, Outages(cloud))
    cloud.add(faults)
    # Before all others: a call that does not arrive is not checked.
    cloud.gateway.checks.insert(0, faults.check)
