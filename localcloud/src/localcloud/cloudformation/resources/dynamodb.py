"""Amazon DynamoDB: tables of one Region."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_resource import Tagging, Update
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names
from localcloud.cloudformation.resources.dynamodb_shared import (
    UPDATES,
    AnyTable,
    await_deleted,
    recovery,
    table_state,
)

_RECOVERY = "PointInTimeRecoverySpecification"


class Table(AnyTable):
    def api_properties(self, context: ResourceContext) -> Properties:
        properties = super().api_properties(context)
        if _RECOVERY in properties:
            properties[_RECOVERY] = recovery(properties[_RECOVERY])
        return properties

    def delete(self, context: ResourceContext) -> None:
        if table_state(context, context.physical_id) is not None:
            super().delete(context)
            await_deleted(context, context.physical_id)


PROVIDERS = (
    Table(
        type="AWS::DynamoDB::Table",
        supported=names(
            "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes "
            "KeySchema LocalSecondaryIndexes PointInTimeRecoverySpecification "
            "ProvisionedThroughput SSESpecification StreamSpecification TableClass TableName Tags "
            "TimeToLiveSpecification"
        ),
        renamed={"SSEEnabled": "Enabled"},
        updates=(
            *UPDATES,
            Update(
                "update_table", "DeletionProtectionEnabled", {"DeletionProtectionEnabled": False}
            ),
            Update("update_continuous_backups", defaults={_RECOVERY: recovery({})}),
        ),
        also_changeable=names("AttributeDefinitions GlobalSecondaryIndexes"),
        tagging=Tagging("ResourceArn", "arn:aws:dynamodb:{region}:{account}:table/{id}"),
    ),
)
