"""Amazon CloudWatch Logs: log groups, metric filters, resource policies."""

from dataclasses import replace

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import ResourceContext, names

_GROUP_ARN = "arn:aws:logs:{region}:{account}:log-group:{id}"


class MetricFilter(ApiResource):
    def update(self, context: ResourceContext) -> None:
        """Delete the filter before it is put again: moto would keep both."""
        self.delete(replace(context, properties=context.previous))
        super().update(context)


PROVIDERS = (
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
    MetricFilter(
        type="AWS::Logs::MetricFilter",
        supported=names("FilterName FilterPattern LogGroupName MetricTransformations"),
        calls=Calls("put_metric_filter", "delete_metric_filter"),
        named_by="FilterName",
        name_limit=512,
        updates=(Update("put_metric_filter"),),
    ),
    ApiResource(
        type="AWS::Logs::ResourcePolicy",
        supported=names("PolicyDocument PolicyName"),
        calls=Calls("put_resource_policy", "delete_resource_policy"),
        named_by="PolicyName",
        updates=(Update("put_resource_policy"),),
    ),
)
