"""Amazon EventBridge: the default bus of each Region, with rules and their targets.

moto keeps the state; matching, delivery, retries and dead letters are ours.
"""

from localcloud.cloud import Cloud
from localcloud.events.bus import EventBus, publish
from localcloud.events.delivery import Delivery
from localcloud.events.operations import Operations
from localcloud.events.schedules import Schedules
from localcloud.events.target_sender import TargetSender
from localcloud.stepfunctions.engine import Engine


def install(cloud: Cloud) -> None:
    """``cloud.get(EventBus)`` takes events of services. Install after ``stepfunctions``."""
    delivery = Delivery(cloud.clock, TargetSender(cloud))
    bus = EventBus(cloud.clock, delivery)
    schedules = Schedules(bus, cloud.clock)
    cloud.gateway.register("events", Operations(bus))
    cloud.gateway.watch("events", schedules.watch)
    cloud.add(delivery)
    cloud.add(bus)
    cloud.on_close(delivery.close)
    cloud.on_close(schedules.close)
    if (engine := cloud.find(Engine)) is not None:
        engine.status_listeners.append(lambda execution: publish(bus, execution))
