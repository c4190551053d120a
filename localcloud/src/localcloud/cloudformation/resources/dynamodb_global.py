"""Amazon DynamoDB: a global table, one resource with its replicas."""

from __future__ import annotations

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.dynamodb_shared import (
    AnyTable,
    await_active,
    create_members,
    retag,
    set_recovery,
    set_ttl,
    table_attributes,
    table_state,
)
from localcloud.cloudformation.resources.provider import Props, Site, changed, given, names
from localcloud.gateway.errors import not_emulated

_REPLICA = names(
    "DeletionProtectionEnabled PointInTimeRecoverySpecification Region TableClass Tags"
)


class GlobalTable(AnyTable):
    """The stack's own Region must be one of the replicas: the table is made there, the others
    follow.
    """

    type = "AWS::DynamoDB::GlobalTable"
    named_by = "TableName"
    consumes = names(
        "AttributeDefinitions BillingMode GlobalSecondaryIndexes KeySchema LocalSecondaryIndexes "
        "Replicas SSESpecification StreamSpecification TableName TimeToLiveSpecification"
    )

    def create(self, site: Site, props: Props) -> str:
        replicas = _replicas(props)
        if site.region not in replicas:
            raise ResourceFailure(
                f"Resource type {self.type} must have a replica in the Region of its stack, "
                f"{site.region}."
            )
        own = given(replicas[site.region], "DeletionProtectionEnabled", "TableClass", "Tags")
        made = create_members(site, props)
        site.client("dynamodb").create_table(**made, **own)
        name: str = site.created(made["TableName"])
        await_active(site, name)
        if "TimeToLiveSpecification" in props:
            set_ttl(site, name, {}, props)
        for region, replica in replicas.items():
            if region != site.region:
                self._add(site, name, region)
            self._settle(site, name, region, {}, replica)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return table_attributes(site, physical_id)

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        more = names("Replicas TimeToLiveSpecification")
        if changed(old, new, *({*old, *new} - self.changeable - more)):
            super().update(site, physical_id, old, new)
        before, after = _replicas(old), _replicas(new)
        for region in before.keys() & after.keys():
            if changed(before[region], after[region], "TableClass"):
                raise not_emulated(f"changing TableClass of a replica of {self.type}")
        self._update_schema(site, physical_id, old, new)
        if changed(old, new, "TimeToLiveSpecification"):
            set_ttl(site, physical_id, old, new)
        for region in before.keys() - after.keys():
            self._remove(site, physical_id, region)
        for region, replica in after.items():
            if region not in before:
                self._add(site, physical_id, region)
            self._settle(site, physical_id, region, before.get(region, {}), replica)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        told = table_state(site, physical_id)
        if told is None:
            return
        existing = {item["RegionName"] for item in told.get("Replicas", [])}
        for region in _replicas(props):
            if region != site.region and region in existing:
                self._remove(site, physical_id, region)
        site.client("dynamodb").delete_table(TableName=physical_id)
        site.wait(lambda: table_state(site, physical_id) is None, f"Table {physical_id}")

    def _add(self, site: Site, table: str, region: str) -> None:
        site.client("dynamodb").update_table(
            TableName=table, ReplicaUpdates=[{"Create": {"RegionName": region}}]
        )
        await_active(site, table)
        await_active(site, table, region)

    def _remove(self, site: Site, table: str, region: str) -> None:
        site.client("dynamodb").update_table(
            TableName=table, ReplicaUpdates=[{"Delete": {"RegionName": region}}]
        )
        site.wait(
            lambda: table_state(site, table, region) is None, f"Replica of {table} in {region}"
        )
        await_active(site, table)

    def _settle(self, site: Site, table: str, region: str, old: Props, new: Props) -> None:
        """The settings that each replica has of its own."""
        client = site.client("dynamodb", region)
        if changed(old, new, "PointInTimeRecoverySpecification"):
            set_recovery(site, table, new, region)
        protected = new.get("DeletionProtectionEnabled", False)
        if protected != old.get("DeletionProtectionEnabled", False):
            client.update_table(TableName=table, DeletionProtectionEnabled=protected)
        if changed(old, new, "Tags"):
            retag(client, (table_state(site, table, region) or {})["TableArn"], old, new)


def _replicas(props: Props) -> dict[str, Props]:
    """Region → its replica's settings."""
    found: dict[str, Props] = {}
    for replica in props.get("Replicas", []):
        if lost := sorted(set(replica) - _REPLICA):
            raise not_emulated(f"{lost[0]} of a replica")
        found[replica["Region"]] = replica
    return found


TYPES = (GlobalTable,)
