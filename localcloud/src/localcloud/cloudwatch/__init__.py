"""CloudWatch, as the services write to it: logs and metrics, gathered and flushed in batches."""

from collections.abc import Callable

from localcloud.cloud import Cloud
from localcloud.cloudwatch.datapoints import Datapoints
from localcloud.cloudwatch.log_storage import EventFile, keep_events_in, keep_events_in_memory
from localcloud.cloudwatch.logs import LogWriter
from localcloud.cloudwatch.metrics import MetricWriter
from localcloud.cloudwatch.minutes import Minutes
from localcloud.gateway.gateway import Handler
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.periodic import Periodic

_FLUSH_SECONDS = 1.0


class CloudWatch:
    """Flushes ``logs`` and ``metrics`` every second, and at once before somebody reads them."""

    def __init__(self, cloud: Cloud) -> None:
        self.logs = LogWriter(cloud.clients, cloud.usage)
        file = EventFile(cloud.settings.state_dir / "logs.bin")
        keep_events_in(file)
        cloud.on_close(file.close)
        cloud.on_close(keep_events_in_memory)
        self.datapoints = Datapoints(cloud.clock)
        self.metrics = MetricWriter(self.datapoints.add, cloud.usage)
        self.minutes = Minutes(cloud.clock, self.datapoints)
        cloud.gateway.register("logs", before_reads(self.logs.flush))
        cloud.gateway.register("cloudwatch", before_reads(self.metrics.flush))
        periodic = Periodic("cloudwatch", _FLUSH_SECONDS, self.logs.flush, self.metrics.flush)
        cloud.on_close(periodic.close)
        cloud.on_close(self.minutes.close)


def cloudwatch_of(cloud: Cloud) -> CloudWatch:
    """Return the cloud's CloudWatch, which the first service that needs it creates."""
    if (cloudwatch := cloud.find(CloudWatch)) is None:
        cloudwatch = CloudWatch(cloud)
        cloud.add(cloudwatch)
    return cloudwatch


def before_reads(action: Callable[[], None]) -> Handler:
    """Return a handler that runs ``action`` before a call that reads, and answers nothing."""

    def handle(call: Call) -> Response | None:
        if not call.name.startswith(("Put", "Create")):
            action()
        return None

    return handle
