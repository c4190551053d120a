"""CloudWatch's alarms, and the metrics that only they need: those of queues."""

from datetime import UTC, datetime

from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.cloudwatch.alarms.actions import Actions
from localcloud.cloudwatch.alarms.alarms import Alarms
from localcloud.cloudwatch.alarms.api import AlarmApi
from localcloud.cloudwatch.alarms.model import Alarm, State
from localcloud.cloudwatch.alarms.notices import event_detail
from localcloud.cloudwatch.dashboard_checks import check_dashboard
from localcloud.cloudwatch.datapoints import Datapoints
from localcloud.cloudwatch.metric_checks import check_metric_data, check_metric_queries
from localcloud.cloudwatch.metrics import Metric
from localcloud.cloudwatch.queue_metrics import publish_queue_metrics
from localcloud.events.bus import EventBus
from localcloud.gateway.identify import Call

__all__ = ["Alarms", "install"]


def install(cloud: Cloud) -> None:
    """``cloud.get(Alarms)`` has the alarms. Install after ``lambda_`` and ``events``."""
    cloudwatch = cloudwatch_of(cloud)
    alarms = Alarms(cloud.clock, cloudwatch.datapoints, Actions(cloud).perform)
    cloud.add(alarms)
    if (bus := cloud.find(EventBus)) is not None:
        alarms.listeners.append(lambda alarm, previous: _announce(bus, alarm, previous))

    def check(call: Call) -> None:
        if call.name == "PutMetricData":
            check_metric_data(call.params, cloud.clock.now())
        if call.name == "GetMetricData":
            check_metric_queries(call.params)
        if call.name == "PutDashboard":
            check_dashboard(call.params)

    cloud.gateway.register("cloudwatch", check)
    cloud.gateway.register("cloudwatch", AlarmApi(alarms))
    cloud.gateway.watch("cloudwatch", lambda call, _: _keep(cloudwatch.datapoints, call))
    publish = publish_queue_metrics(cloudwatch.metrics)
    cloudwatch.minutes.actions += [publish, alarms.evaluate]


def _announce(bus: EventBus, alarm: Alarm, previous: State) -> None:
    kind, detail = "CloudWatch Alarm State Change", event_detail(alarm, previous)
    bus.publish(alarm.region, "aws.cloudwatch", kind, detail, [alarm.arn])


def _keep(datapoints: Datapoints, call: Call) -> None:
    """Keep what PutMetricData put, for the alarms."""
    if call.name != "PutMetricData":
        return
    for datum in call.params["MetricData"]:
        dimensions = tuple((item["Name"], item["Value"]) for item in datum.get("Dimensions") or ())
        names = call.params["Namespace"], datum["MetricName"]
        metric = Metric(call.region, *names, datum.get("Unit") or "None", dimensions)
        time: datetime | None = datum.get("Timestamp")
        epoch = time.replace(tzinfo=time.tzinfo or UTC).timestamp() if time else None
        datapoints.add(metric, float(datum["Value"]), epoch)
