"""Amazon CloudWatch: alarms and dashboards."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import names

_ALARM_ARN = "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"

PROVIDERS = (
    ApiResource(
        type="AWS::CloudWatch::Alarm",
        supported=names(
            "ActionsEnabled AlarmActions AlarmDescription AlarmName ComparisonOperator "
            "DatapointsToAlarm Dimensions EvaluationPeriods InsufficientDataActions MetricName "
            "Namespace OKActions Period Statistic Tags Threshold TreatMissingData Unit"
        ),
        calls=Calls(
            "put_metric_alarm",
            "delete_alarms",
            lookup="describe_alarms",
            lookup_path="MetricAlarms",
        ),
        missing="ResourceNotFound",
        unique_name="AlarmName",
        updates=(Update("put_metric_alarm"),),
        tagging=Tagging("ResourceARN", _ALARM_ARN),
        attributes={"Arn": _ALARM_ARN},
    ),
    ApiResource(
        type="AWS::CloudWatch::Dashboard",
        supported=names("DashboardBody DashboardName"),
        calls=Calls("put_dashboard", "delete_dashboards", lookup="get_dashboard"),
        missing="ResourceNotFound DashboardNotFoundError",
        unique_name="DashboardName",
        updates=(Update("put_dashboard"),),
    ),
)
