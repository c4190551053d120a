"""The metrics of AWS/States.

https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
"""

from __future__ import annotations

from localcloud.cloudwatch import namespaces
from localcloud.cloudwatch.metrics import Metric, MetricWriter

_BY_STATUS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


class Metrics:
    """Children of a Distributed Map count too, under the name of their map run's state machine."""

    def __init__(self, writer: MetricWriter) -> None:
        self._writer = writer

    def count_start(self, region: str, machine_arn: str) -> None:
        self._add(region, machine_arn, "ExecutionsStarted", "Count", 1.0)

    def count_end(self, region: str, machine_arn: str, status: str, seconds: float) -> None:
        self._add(region, machine_arn, _BY_STATUS[status], "Count", 1.0)
        self._add(region, machine_arn, "ExecutionTime", "Milliseconds", seconds * 1000.0)

    def _add(self, region: str, machine_arn: str, name: str, unit: str, value: float) -> None:
        dimensions = (("StateMachineArn", machine_arn),)
        self._writer.add(Metric(region, namespaces.STEP_FUNCTIONS, name, unit, dimensions), value)
