"""Amazon Application Recovery Controller: routing controls, their safety rules and the five
cluster endpoints.
"""

from __future__ import annotations

from localcloud.arc.config_api import ControlConfig
from localcloud.arc.data_api import RecoveryCluster
from localcloud.arc.model import Delays
from localcloud.arc.store import Arc
from localcloud.cloud import Cloud

__all__ = ["Arc", "Delays", "install"]


def install(cloud: Cloud, delays: Delays | None = None) -> None:
    arc = Arc(cloud.clock, cloud.settings.account_id, delays or Delays())
    cloud.add(arc)
    cloud.gateway.register(ControlConfig.service, ControlConfig(arc))
    cloud.gateway.register(RecoveryCluster.service, RecoveryCluster(arc))
