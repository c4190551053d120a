"""Amazon DynamoDB: tables of one Region, and global tables with their replicas."""

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Tagging, Update
from localcloud.cloudformation.resources.api_values import tag_map
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick
from localcloud.cloudformation.resources.dynamodb_shared import (
    UPDATES,
    AnyTable,
    await_active,
    await_deleted,
    table_state,
)
from localcloud.gateway.errors import not_emulated

_PROTECTION, _RECOVERY = "DeletionProtectionEnabled", "PointInTimeRecoverySpecification"
_REPLICA = names(f"{_PROTECTION} {_RECOVERY} Region Tags")


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
            self._remove_replica(context, region)
        for region, replica in after.items():
            if region not in before:
                self._change_replicas(context, "Create", region)
                await_active(context, context.physical_id, region)
            _set_replica(context, region, before.get(region, {}), replica)

    def delete(self, context: ResourceContext) -> None:
        state = table_state(context, context.physical_id) or {}
        existing = {item["RegionName"] for item in state.get("Replicas", [])}
        for region in _replicas(context.properties).keys() & existing - {context.region}:
            self._remove_replica(context, region)
        super().delete(context)

    def _change_replicas(self, context: ResourceContext, change: str, region: str) -> None:
        updates = [{change: {"RegionName": region}}]
        self.client(context).update_table(TableName=context.physical_id, ReplicaUpdates=updates)
        await_active(context, context.physical_id)

    def _remove_replica(self, context: ResourceContext, region: str) -> None:
        self._change_replicas(context, "Delete", region)
        await_deleted(context, context.physical_id, region)


def _set_replica(context: ResourceContext, region: str, old: Properties, new: Properties) -> None:
    """Set what each replica has of its own."""
    client, table = context.client("dynamodb", region), {"TableName": context.physical_id}
    if old.get(_RECOVERY) != new.get(_RECOVERY):
        client.update_continuous_backups(**table, **_recovery({_RECOVERY: {}, **new}))
    if new.get(_PROTECTION, False) != old.get(_PROTECTION, False):
        client.update_table(**table, **{_PROTECTION: new.get(_PROTECTION, False)})
    if old.get("Tags") != new.get("Tags"):
        arn = table_state(context, context.physical_id, region)["TableArn"]
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
            *UPDATES,
            Update("update_table", _PROTECTION, {_PROTECTION: False}),
            Update("update_continuous_backups", defaults=_recovery({_RECOVERY: {}})),
        ),
        tagging=Tagging("ResourceArn", "arn:aws:dynamodb:{region}:{account}:table/{id}"),
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
