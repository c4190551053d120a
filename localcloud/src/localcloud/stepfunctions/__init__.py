"""Step Functions: an interpreter of our own for JSONata state machines, and the API around it."""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.stepfunctions.api import StepFunctions
from localcloud.stepfunctions.engine import Engine


def install(cloud: Cloud) -> None:
    """``cloud.get(Engine)`` is where observers go; ``cloud.get(StepFunctions)`` the service."""
    engine = Engine(cloud)
    service = StepFunctions(engine)
    cloud.gateway.register(StepFunctions.service, service)
    cloud.add(engine)
    cloud.add(service)
    cloud.on_close(engine.close)
