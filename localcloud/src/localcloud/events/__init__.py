"""Amazon EventBridge: the default bus of each Region, with rules and their targets. State is
moto's; matching, delivery, retries and dead letters are not.
"""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.events.bus import EventBus
from localcloud.events.delivery import Delivery
from localcloud.events.operations import Api
from localcloud.events.status_changes import tell
from localcloud.events.target_sender import TargetSender


def install(cloud: Cloud) -> None:
    """``cloud.get(EventBus)`` takes events of services; Step Functions sends its own."""
    delivery = Delivery(cloud.clock, TargetSender(cloud))
    bus = EventBus(cloud.settings.account_id, cloud.clock, delivery)
    cloud.gateway.register("events", Api(cloud.settings.account_id, bus))
    cloud.add(delivery)
    cloud.add(bus)
    cloud.on_close(delivery.close)
    _hear_executions(cloud, bus)


def _hear_executions(cloud: Cloud, bus: EventBus) -> None:
    from localcloud.stepfunctions.engine import Engine  # late: a cloud may do without it

    try:
        engine = cloud.get(Engine)
    except KeyError:
        return
    engine.status_listeners.append(lambda execution: tell(bus, execution))
