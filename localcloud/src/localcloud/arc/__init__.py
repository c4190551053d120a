"""Application Recovery Controller: routing controls, safety rules, five cluster endpoints."""

from localcloud.arc.control_plane import ControlConfig
from localcloud.arc.data_plane import RecoveryCluster
from localcloud.arc.model import Delays
from localcloud.arc.store import Arc
from localcloud.cloud import Cloud

__all__ = ["Arc", "Delays", "install"]


def install(cloud: Cloud, delays: Delays | None = None) -> None:
    arc = Arc(cloud.clock, delays or Delays())
    cloud.add(arc)
    cloud.gateway.register(ControlConfig.service, ControlConfig(arc))
    cloud.gateway.register(RecoveryCluster.service, RecoveryCluster(arc))
