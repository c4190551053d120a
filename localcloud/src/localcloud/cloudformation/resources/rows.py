"""Types that need no more than a row: CloudWatch and its Logs, FIS, KMS."""

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import names

_GROUP_ARN = "arn:aws:logs:{region}:{account}:log-group:{id}"
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
    ApiResource(
        type="AWS::FIS::ExperimentTemplate",
        supported=names(
            "Actions Description ExperimentOptions LogConfiguration RoleArn StopConditions Tags "
            "Targets"
        ),
        tags_are_map=True,
        calls=Calls("create_experiment_template", "delete_experiment_template"),
        key="id",
        updates=(Update("update_experiment_template", defaults={"Actions": {}, "Targets": {}}),),
        tagging=Tagging("resourceArn", "arn:aws:fis:{region}:{account}:experiment-template/{id}"),
    ),
    ApiResource(
        type="AWS::KMS::Key",
        supported=names(
            "Description EnableKeyRotation KeyPolicy KeySpec KeyUsage MultiRegion "
            "PendingWindowInDays Tags"
        ),
        calls=Calls("create_key", "schedule_key_deletion", "describe_key"),
        missing="NotFoundException KMSInvalidStateException",
        key="KeyId",
        renamed={"KeyPolicy": "Policy", "Key": "TagKey", "Value": "TagValue"},
        updates=(
            Update("update_key_description", defaults={"Description": ""}),
            Update("put_key_policy", params={"PolicyName": "default"}),
            Update("enable_key_rotation", "EnableKeyRotation", remove="disable_key_rotation"),
        ),
        also_changeable=names("PendingWindowInDays"),
        # counts when the key is deleted
        tagging=Tagging("KeyId"),
        described="KeyMetadata",
    ),
    ApiResource(
        type="AWS::KMS::Alias",
        supported=names("AliasName TargetKeyId"),
        calls=Calls("create_alias", "delete_alias"),
        missing="NotFoundException KMSInvalidStateException",
        named_by="AliasName",
        updates=(Update("update_alias"),),
    ),
    ApiResource(
        type="AWS::Logs::LogGroup",
        supported=names("KmsKeyId LogGroupClass LogGroupName RetentionInDays Tags"),
        calls=Calls("create_log_group", "delete_log_group"),
        unique_name="LogGroupName",
        name_limit=512,
        updates=(Update("put_retention_policy", remove="delete_retention_policy"),),
        tagging=Tagging("resourceArn", _GROUP_ARN),
        attributes={"Arn": f"{_GROUP_ARN}:*"},
    ),
)
