"""Amazon CloudWatch Logs: log groups, metric filters, resource policies."""

from __future__ import annotations

from dataclasses import replace

from localcloud.cloudformation.resources.api_resource import ApiResource, Calls, Tagging, Update
from localcloud.cloudformation.resources.context import ResourceContext, names

_GROUP_ARN = "arn:aws:logs:{region}:{account}:log-group:{id}"
_MISSING = "ResourceNotFoundException"


class MetricFilter(ApiResource):
    def update(self, context: ResourceContext) -> None:
        """Delete the filter before it is put again: moto would keep both."""
        self.delete(replace(context, properties=context.previous))
        super().update(context)


PROVIDERS = (
    ApiResource(
        type="AWS::Logs::LogGroup",
        supported=names("KmsKeyId LogGroupClass LogGroupName RetentionInDays Tags"),
        service="logs",
        calls=Calls("create_log_group", "delete_log_group"),
        missing=_MISSING,
        key="logGroupName",
        unique_name="LogGroupName",
        name_limit=512,
        updates=(Update("put_retention_policy", remove="delete_retention_policy"),),
        tagging=Tagging("resourceArn", _GROUP_ARN),
        attributes={"Arn": f"{_GROUP_ARN}:*"},
    ),
    MetricFilter(
        type="AWS::Logs::MetricFilter",
        supported=names("FilterName FilterPattern LogGroupName MetricTransformations"),
        service="logs",
        calls=Calls("put_metric_filter", "delete_metric_filter"),
        missing=_MISSING,
        key="filterName",
        named_by="FilterName",
        name_limit=512,
        updates=(Update("put_metric_filter"),),
    ),
    ApiResource(
        type="AWS::Logs::ResourcePolicy",
        supported=names("PolicyDocument PolicyName"),
        service="logs",
        calls=Calls("put_resource_policy", "delete_resource_policy"),
        missing=_MISSING,
        key="policyName",
        updates=(Update("put_resource_policy"),),
    ),
)
