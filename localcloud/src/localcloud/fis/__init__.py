"""Fault Injection Service: experiment templates, and experiments that inject real faults."""

from localcloud.cloud import Cloud
from localcloud.fis.api import Fis

__all__ = ["Fis", "install"]


def install(cloud: Cloud) -> None:
    fis = Fis(cloud)
    cloud.gateway.register("fis", fis)
    cloud.add(fis)
    cloud.on_close(fis.close)
