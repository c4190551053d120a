"""What DynamoDB's tables and global tables have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.api_calls import Calls, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    error_code,
    names,
)
from localcloud.gateway.errors import not_emulated

_CALLS = Calls("create_table", "delete_table", "describe_table")
_INDEX = names("IndexName KeySchema Projection ProvisionedThroughput")
UPDATES = (
    Update(
        "update_table",
        "BillingMode ProvisionedThroughput StreamSpecification",
        {
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": None,  # there is none without BillingMode PROVISIONED
            "StreamSpecification": {"StreamEnabled": False},
        },
    ),
    Update("update_time_to_live", defaults={"TimeToLiveSpecification": None}),  # see api_properties
)


def table_state(context: ResourceContext, table: str, region: str | None = None) -> Any:
    """DescribeTable's answer; None if there is no such table."""
    try:
        return context.client("dynamodb", region).describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None


def await_active(context: ResourceContext, table: str, region: str | None = None) -> None:
    def is_active() -> bool:
        state = table_state(context, table, region) or {}
        statuses = [state.get("TableStatus")]
        for parts, status in (
            ("GlobalSecondaryIndexes", "IndexStatus"),
            ("Replicas", "ReplicaStatus"),
        ):
            statuses += [part.get(status, "ACTIVE") for part in state.get(parts, [])]
        return all(status == "ACTIVE" for status in statuses)

    context.wait(is_active, f"Table {table}")


def await_deleted(context: ResourceContext, table: str, region: str | None = None) -> None:
    subject = f"Replica of {table} in {region}" if region else f"Table {table}"
    context.wait(lambda: table_state(context, table, region) is None, subject)


@dataclass(frozen=True, kw_only=True)
class AnyTable(ApiResource):
    unique_name: str | None = "TableName"
    calls: Calls = _CALLS
    described: str = "Table.{Arn: TableArn, StreamArn: LatestStreamArn || '', TableId: TableId}"
    renamed: Mapping[str, str] = field(default_factory=lambda: {"SSEEnabled": "Enabled"})
    updates: tuple[Update, ...] = UPDATES
    also_changeable: frozenset[str] = names("AttributeDefinitions GlobalSecondaryIndexes")

    def replaced_by(self, region: str, old: Properties, new: Properties) -> list[str]:
        """ "Replacement if you edit an existing AttributeDefinition." """
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
        before, after = (_by_name(item, "Attribute", "AttributeDefinitions") for item in (old, new))
        is_redefined = any(before[name] != after[name] for name in before.keys() & after.keys())
        properties = super().replaced_by(region, old, new)
        return [*properties, "AttributeDefinitions"] if is_redefined else properties

    def await_ready(self, context: ResourceContext) -> None:
        await_active(context, context.physical_id)

    def api_properties(self, context: ResourceContext) -> Properties:
        properties = {**context.properties}
        for index in properties.get("GlobalSecondaryIndexes", []):
            if unsupported := sorted(set(index) - _INDEX):
                raise not_emulated(f"{unsupported[0]} of a global secondary index")
        if "StreamSpecification" in properties:
            stream = properties["StreamSpecification"]
            properties["StreamSpecification"] = {"StreamEnabled": True, **stream}
        name = "TimeToLiveSpecification"
        if name in context.previous and name not in properties:
            properties[name] = {**context.previous[name], "Enabled": False}
        return properties

    def delete(self, context: ResourceContext) -> None:
        if table_state(context, context.physical_id) is not None:
            super().delete(context)
            await_deleted(context, context.physical_id)

    def set_children(self, context: ResourceContext) -> None:
        """Create and delete indexes of an existing table, one at a time as DynamoDB wants it."""
        for update in _index_updates(context) if context.previous else ():
            self.client(context).update_table(
                TableName=context.physical_id,
                AttributeDefinitions=context.properties["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[update],
            )
            self.await_ready(context)


def _index_updates(context: ResourceContext) -> Iterator[Properties]:
    before, after = (
        _by_name(properties, "Index", "GlobalSecondaryIndexes")
        for properties in (context.previous, context.properties)
    )
    yield from ({"Delete": {"IndexName": k}} for k in before if before[k] != after.get(k))
    yield from ({"Create": after[k]} for k in after if before.get(k) != after[k])


def _by_name(properties: Properties, noun: str, key: str) -> dict[str, Properties]:
    return {item[f"{noun}Name"]: item for item in properties.get(key, [])}
