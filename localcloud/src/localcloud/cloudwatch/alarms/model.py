"""An alarm, its state, and how the API shows both."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from localcloud.clock import utc
from localcloud.cloudwatch.metrics import Metric

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
ACTIONS_BY_STATE = {
    ALARM: "AlarmActions",
    OK: "OKActions",
    INSUFFICIENT_DATA: "InsufficientDataActions",
}


class State(NamedTuple):
    """``data`` is JSON, empty where there is none; ``since`` is in epoch seconds."""

    value: str
    reason: str
    data: str
    since: float


@dataclass
class Alarm:
    """``settings`` are those of PutMetricAlarm, by its names, without tags."""

    arn: str
    region: str
    settings: dict[str, Any]
    configured: float
    state: State
    transitioned: float

    @property
    def name(self) -> str:
        return str(self.settings["AlarmName"])

    @property
    def metric(self) -> Metric:
        settings = self.settings
        dimensions = tuple((item["Name"], item["Value"]) for item in settings["Dimensions"])
        names = settings["Namespace"], settings["MetricName"]
        return Metric(self.region, *names, settings.get("Unit", ""), dimensions)

    @property
    def statistic(self) -> str:
        return str(self.settings["Statistic"])

    @property
    def evaluation_periods(self) -> int:
        return int(self.settings["EvaluationPeriods"])

    @property
    def datapoints_to_alarm(self) -> int:
        return int(self.settings.get("DatapointsToAlarm", self.evaluation_periods))

    @property
    def missing_data(self) -> str:
        # "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data":
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        if self.settings["Namespace"] == "AWS/DynamoDB":
            return "ignore"
        return str(self.settings.get("TreatMissingData", "missing"))

    def view(self) -> dict[str, Any]:
        """Return what DescribeAlarms shows."""
        return {
            **self.settings,
            "AlarmArn": self.arn,
            "AlarmConfigurationUpdatedTimestamp": utc(self.configured),
            "StateValue": self.state.value,
            "StateReason": self.state.reason,
            **({"StateReasonData": self.state.data} if self.state.data else {}),
            "StateUpdatedTimestamp": utc(self.state.since),
            "StateTransitionedTimestamp": utc(self.transitioned),
        }


def stamp(epoch: float) -> str:
    """Return a time as CloudWatch writes it into JSON."""
    return utc(epoch).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
