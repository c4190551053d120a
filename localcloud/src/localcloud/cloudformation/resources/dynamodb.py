"""Amazon DynamoDB: tables of one Region, and global tables with their replicas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.api_values import tag_map
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick
from localcloud.gateway.errors import not_emulated
from localcloud.settings import ACCOUNT_ID

_PROTECTION, _RECOVERY = "DeletionProtectionEnabled", "PointInTimeRecoverySpecification"
_INDEX = names("IndexName KeySchema Projection ProvisionedThroughput")
_REPLICA = names(f"{_PROTECTION} {_RECOVERY} Region Tags")
_TABLE_ARN = "arn:aws:dynamodb:{region}:{account}:table/{id}"
_CALLS = Calls("create_table", "delete_table", "describe_table")
_UPDATES = (
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


@dataclass(frozen=True, kw_only=True)
class AnyTable(ApiResource):
    """A table or a global table. Here its indexes and replicas are ACTIVE when it is."""

    unique_name: str | None = "TableName"
    calls: Calls = _CALLS
    ready: str = "Table.TableStatus == 'ACTIVE'"
    described: str = "Table.{Arn: TableArn, StreamArn: LatestStreamArn || '', TableId: TableId}"
    renamed: Mapping[str, str] = field(default_factory=lambda: {"SSEEnabled": "Enabled"})
    updates: tuple[Update, ...] = _UPDATES
    also_changeable: frozenset[str] = names("AttributeDefinitions GlobalSecondaryIndexes")

    def replaced_by(self, region: str, old: Properties, new: Properties) -> list[str]:
        """ "Replacement if you edit an existing AttributeDefinition." """
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
        before, after = (_by_name(item, "Attribute", "AttributeDefinitions") for item in (old, new))
        is_redefined = any(before[name] != after[name] for name in before.keys() & after.keys())
        properties = super().replaced_by(region, old, new)
        return [*properties, "AttributeDefinitions"] if is_redefined else properties

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

    def set_children(self, context: ResourceContext) -> None:
        """Create and delete indexes of an existing table, one at a time as DynamoDB wants it."""
        for update in _index_updates(context) if context.previous else ():
            self.client(context).update_table(
                TableName=context.physical_id,
                AttributeDefinitions=context.properties["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[update],
            )


def _index_updates(context: ResourceContext) -> Iterator[Properties]:
    before, after = (
        _by_name(properties, "Index", "GlobalSecondaryIndexes")
        for properties in (context.previous, context.properties)
    )
    yield from ({"Delete": {"IndexName": k}} for k in before if before[k] != after.get(k))
    yield from ({"Create": after[k]} for k in after if before.get(k) != after[k])


def _by_name(properties: Properties, noun: str, key: str) -> dict[str, Properties]:
    return {item[f"{noun}Name"]: item for item in properties.get(key, [])}


class Table(AnyTable):
    def api_properties(self, context: ResourceContext) -> Properties:
        return {**super().api_properties(context), **_recovery(context.properties)}


def _recovery(properties: Properties) -> Properties:
    """The API wants to be told whether recovery is enabled."""
    if _RECOVERY not in properties:
        return {}
    return {_RECOVERY: {"PointInTimeRecoveryEnabled": False, **properties[_RECOVERY]}}


class GlobalTable(AnyTable):
    """The table is created in the stack's own Region, which must have a replica; others follow."""

    def api_properties(self, context: ResourceContext) -> Properties:
        own = _replicas(context.properties).get(context.region, {})
        return {**super().api_properties(context), **pick(own, _PROTECTION, "Tags")}

    def create(self, context: ResourceContext) -> None:
        if context.region not in _replicas(context.properties):
            raise ResourceFailure(
                f"Resource type {self.type} must have a replica in the Region of its stack, "
                f"{context.region}."
            )
        super().create(context)

    def set_children(self, context: ResourceContext) -> None:
        """Set the indexes, then remove, add and set replicas."""
        super().set_children(context)
        before = _replicas(context.previous) or {context.region: {}}
        after = _replicas(context.properties)
        for region in before.keys() - after.keys():
            self._change_replicas(context, "Delete", region)
        for region, replica in after.items():
            if region not in before:
                self._change_replicas(context, "Create", region)
            _set_replica(context, region, before.get(region, {}), replica)

    def delete(self, context: ResourceContext) -> None:
        replicas = self.describe(context).get("Table", {}).get("Replicas", [])
        for region in _replicas(context.properties).keys() & {r["RegionName"] for r in replicas}:
            self._change_replicas(context, "Delete", region)
        super().delete(context)

    def _change_replicas(self, context: ResourceContext, change: str, region: str) -> None:
        updates = [{change: {"RegionName": region}}]
        self.client(context).update_table(TableName=context.physical_id, ReplicaUpdates=updates)


def _set_replica(context: ResourceContext, region: str, old: Properties, new: Properties) -> None:
    """Set what each replica has of its own."""
    client, table = context.client("dynamodb", region), {"TableName": context.physical_id}
    if old.get(_RECOVERY) != new.get(_RECOVERY):
        client.update_continuous_backups(**table, **_recovery({_RECOVERY: {}, **new}))
    if new.get(_PROTECTION, False) != old.get(_PROTECTION, False):
        client.update_table(**table, **{_PROTECTION: new.get(_PROTECTION, False)})
    if old.get("Tags") != new.get("Tags"):
        arn = _TABLE_ARN.format(region=region, account=ACCOUNT_ID, id=context.physical_id)
        before, after = tag_map(old.get("Tags")), tag_map(new.get("Tags"))
        if removed := [key for key in before if key not in after]:
            client.untag_resource(ResourceArn=arn, TagKeys=removed)
        if after:
            client.tag_resource(ResourceArn=arn, Tags=new["Tags"])


def _replicas(properties: Properties) -> dict[str, Properties]:
    """Settings of the replicas by their Region."""
    replicas: list[Properties] = properties.get("Replicas", [])
    for replica in replicas:
        if unsupported := sorted(set(replica) - _REPLICA):
            raise not_emulated(f"{unsupported[0]} of a replica")
    return {replica["Region"]: replica for replica in replicas}


PROVIDERS = (
    Table(
        type="AWS::DynamoDB::Table",
        supported=names(
            "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes "
            "KeySchema PointInTimeRecoverySpecification ProvisionedThroughput SSESpecification "
            "StreamSpecification TableClass TableName Tags TimeToLiveSpecification"
        ),
        updates=(
            *_UPDATES,
            Update("update_table", _PROTECTION, {_PROTECTION: False}),
            Update("update_continuous_backups", defaults=_recovery({_RECOVERY: {}})),
        ),
        tagging=Tagging("ResourceArn", _TABLE_ARN),
    ),
    GlobalTable(
        type="AWS::DynamoDB::GlobalTable",
        supported=names(
            "AttributeDefinitions BillingMode GlobalSecondaryIndexes KeySchema Replicas "
            "SSESpecification StreamSpecification TableName TimeToLiveSpecification"
        ),
        also_changeable=names("AttributeDefinitions GlobalSecondaryIndexes Replicas"),
    ),
)
