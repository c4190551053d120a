"""The metrics of AWS/States.

https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
"""

from __future__ import annotations

from localcloud.lambda_ import Metric, MetricWriter

_BY_STATUS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


class Metrics:
    """Children of a Distributed Map count too, under the name of their map run's state machine."""

    def __init__(self, account: str) -> None:
        self._writer = MetricWriter(account)
        self.flush = self._writer.flush

    def started(self, region: str, machine_arn: str) -> None:
        self._writer.add(_metric(region, "ExecutionsStarted", "Count", machine_arn), 1.0)

    def ended(self, region: str, machine_arn: str, status: str, seconds: float) -> None:
        self._writer.add(_metric(region, _BY_STATUS[status], "Count", machine_arn), 1.0)
        time = _metric(region, "ExecutionTime", "Milliseconds", machine_arn)
        self._writer.add(time, seconds * 1000.0)


def _metric(region: str, name: str, unit: str, machine_arn: str) -> Metric:
    return Metric(region, "AWS/States", name, unit, (("StateMachineArn", machine_arn),))
