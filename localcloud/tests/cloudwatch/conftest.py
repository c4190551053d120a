"""A cloud with alarms, whose clock a test moves minute by minute."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto.sns.models import sns_backends

from localcloud import events, iam, lambda_, sns
from localcloud.cloud import Cloud, new_cloud
from localcloud.cloudwatch import alarms, cloudwatch_of
from localcloud.settings import ACCOUNT_ID, Settings
from tests.manual_clock import ManualClock

REGION = "us-east-1"


@dataclass
class Watch:
    cloud: Cloud
    clock: ManualClock

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, REGION)

    @property
    def api(self) -> Any:
        return self.client("cloudwatch")

    def pass_minutes(self, number: int = 1) -> None:
        for _ in range(number):
            self.clock.time += 60
            cloudwatch_of(self.cloud).minutes.run_due()

    def put(self, value: float, name: str = "M", **datum: Any) -> None:
        """Put a value as of now, unless a Timestamp says otherwise."""
        datum = {"MetricName": name, "Value": value, "Timestamp": self.clock.now(), **datum}
        self.api.put_metric_data(Namespace="N", MetricData=[datum])

    def alarm(self, **settings: Any) -> str:
        """Create an alarm on the sum of a metric of no dimensions; its ARN."""
        defaults = {
            "AlarmName": "alarm",
            "Namespace": "N",
            "MetricName": "M",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }
        self.api.put_metric_alarm(**defaults | settings)
        return (
            f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:{(defaults | settings)['AlarmName']}"
        )

    def state(self, name: str = "alarm") -> dict[str, Any]:
        (alarm,) = self.api.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return dict(alarm)

    def topic(self, policy: dict[str, Any] | None = None) -> str:
        """Create a topic, whose default policy is replaced by a statement; its ARN."""
        arn = self.client("sns").create_topic(Name="topic")["TopicArn"]
        if policy is not None:
            document = {"Version": "2012-10-17", "Statement": [{"Resource": arn, **policy}]}
            self.client("sns").set_topic_attributes(
                TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(document)
            )
        return str(arn)

    def published(self, topic: str) -> list[dict[str, Any]]:
        notifications = sns_backends[ACCOUNT_ID][REGION].topics[topic].sent_notifications
        return [{"Subject": item[2], **json.loads(item[1])} for item in notifications]

    def history(self, kind: str = "StateUpdate") -> list[str]:
        """Return the summaries, oldest first."""
        items = self.api.describe_alarm_history(HistoryItemType=kind, ScanBy="TimestampAscending")
        return [item["HistorySummary"] for item in items["AlarmHistoryItems"]]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    clock = ManualClock()
    cloud = new_cloud(Settings(tmp_path), clock)
    for service in (iam, lambda_, events, sns, alarms):
        service.install(cloud)
    yield Watch(cloud, clock)
    cloud.close()
