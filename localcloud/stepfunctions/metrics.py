"""The metrics of AWS/States:
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
"""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from localcloud.clock import utc
from localcloud.gateway.clients import Clients
from localcloud.gateway.principals import service_principal

_BY_STATUS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}
_BATCH = 500  # data of one PutMetricData


class Metrics:
    """Counts by state machine and minute, sent when flushed. Children of a Distributed Map count
    too, under the name of their map run's state machine.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._principal = service_principal("states.amazonaws.com")
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def started(self, region: str, machine_arn: str, now: float) -> None:
        self._add(region, [_datum("ExecutionsStarted", machine_arn, now, 1.0, "Count")])

    def ended(self, region: str, machine_arn: str, now: float, status: str, seconds: float) -> None:
        self._add(
            region,
            [
                _datum(_BY_STATUS[status], machine_arn, now, 1.0, "Count"),
                _datum("ExecutionTime", machine_arn, now, seconds * 1000.0, "Milliseconds"),
            ],
        )

    def flush(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, defaultdict(list)
        for region, data in waiting.items():
            client = self._clients.client("cloudwatch", region, self._principal)
            for start in range(0, len(data), _BATCH):
                client.put_metric_data(
                    Namespace="AWS/States", MetricData=data[start : start + _BATCH]
                )

    def _add(self, region: str, data: list[dict[str, Any]]) -> None:
        with self._lock:
            self._waiting[region].extend(data)


def _datum(name: str, machine_arn: str, now: float, value: float, unit: str) -> dict[str, Any]:
    return {
        "MetricName": name,
        "Dimensions": [{"Name": "StateMachineArn", "Value": machine_arn}],
        "Timestamp": utc(now),
        "Value": value,
        "Unit": unit,
    }
