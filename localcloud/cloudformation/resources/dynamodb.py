"""Amazon DynamoDB: tables, and global tables as one resource with its replicas."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.base import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    names,
)
from localcloud.gateway.errors import not_emulated

_GONE = "ResourceNotFoundException"
_REPLICA = names(
    "DeletionProtectionEnabled PointInTimeRecoverySpecification Region TableClass Tags"
)
_INDEX = names("IndexName KeySchema Projection ProvisionedThroughput")


def _schema(site: Site, props: Props) -> Props:
    """What CreateTable takes of both types."""
    made: Props = given(
        props,
        "AttributeDefinitions",
        "BillingMode",
        "KeySchema",
        "LocalSecondaryIndexes",
        "ProvisionedThroughput",
    )
    indexes = props.get("GlobalSecondaryIndexes", [])
    for index in indexes:
        if lost := sorted(set(index) - _INDEX):
            raise not_emulated(f"{lost[0]} of a global secondary index")
    if indexes:
        made["GlobalSecondaryIndexes"] = indexes
    if "StreamSpecification" in props:
        made["StreamSpecification"] = {"StreamEnabled": True, **props["StreamSpecification"]}
    if "SSESpecification" in props:
        sse = props["SSESpecification"]
        made["SSESpecification"] = {
            "Enabled": sse["SSEEnabled"],
            **given(sse, "SSEType", "KMSMasterKeyId"),
        }
    return {"TableName": props.get("TableName") or site.name(255), **made}


def _state(site: Site, table: str, region: str | None = None) -> Props | None:
    """DescribeTable's answer; None if there is no such table."""
    try:
        told: Props = site.client("dynamodb", region).describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] != _GONE:
            raise
        return None
    return told


def _await_active(site: Site, table: str, region: str | None = None) -> None:
    def active() -> bool:
        told = _state(site, table, region) or {}
        indexes = told.get("GlobalSecondaryIndexes", [])
        replicas = told.get("Replicas", [])
        parts = [told.get("TableStatus")]
        parts += [index.get("IndexStatus", "ACTIVE") for index in indexes]
        parts += [replica.get("ReplicaStatus", "ACTIVE") for replica in replicas]
        return all(part == "ACTIVE" for part in parts)

    site.wait(active, f"Table {table}")


def _set_recovery(site: Site, table: str, props: Props, region: str | None = None) -> None:
    specification = props.get("PointInTimeRecoverySpecification", {})
    enabled = specification.get("PointInTimeRecoveryEnabled", False)
    site.client("dynamodb", region).update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": enabled,
            **given(specification, "RecoveryPeriodInDays"),
        },
    )


def _set_ttl(site: Site, table: str, old: Props, new: Props) -> None:
    specification = new.get("TimeToLiveSpecification")
    if specification is None:
        specification = {**old["TimeToLiveSpecification"], "Enabled": False}
    site.client("dynamodb").update_time_to_live(
        TableName=table, TimeToLiveSpecification=specification
    )


def _retag(client: Any, arn: str, old: Props, new: Props) -> None:
    kept = {item["Key"] for item in new.get("Tags", [])}
    if dropped := [item["Key"] for item in old.get("Tags", []) if item["Key"] not in kept]:
        client.untag_resource(ResourceArn=arn, TagKeys=dropped)
    if kept:
        client.tag_resource(ResourceArn=arn, Tags=new["Tags"])


def _attributes(site: Site, table: str) -> Props:
    told = _state(site, table) or {}
    return {
        "Arn": told.get("TableArn"),
        "StreamArn": told.get("LatestStreamArn", ""),
        "TableId": told.get("TableId"),
    }


def _index_updates(old: Props, new: Props) -> list[Props]:
    before = {item["IndexName"]: item for item in old.get("GlobalSecondaryIndexes", [])}
    after = {item["IndexName"]: item for item in new.get("GlobalSecondaryIndexes", [])}
    dropped = [name for name in before if before[name] != after.get(name)]
    made = [name for name in after if before.get(name) != after[name]]
    return [{"Delete": {"IndexName": name}} for name in dropped] + [
        {"Create": after[name]} for name in made
    ]


class _AnyTable(ResourceType):
    # What UpdateTable can change of both types; other changes are an error that names them.
    changeable = names(
        "AttributeDefinitions BillingMode GlobalSecondaryIndexes ProvisionedThroughput "
        "SSESpecification StreamSpecification"
    )

    def _update_schema(self, site: Site, table: str, old: Props, new: Props) -> None:
        client = site.client("dynamodb")
        before, after = _schema(site, {**old, "TableName": table}), _schema(site, new)
        keys = ("BillingMode", "ProvisionedThroughput", "SSESpecification")
        simple = {key: after[key] for key in keys if key in after and changed(before, after, key)}
        if changed(before, after, "StreamSpecification"):
            simple["StreamSpecification"] = after.get(
                "StreamSpecification", {"StreamEnabled": False}
            )
        if simple:
            client.update_table(TableName=table, **simple)
            _await_active(site, table)
        for update in _index_updates(old, new):
            client.update_table(
                TableName=table,
                AttributeDefinitions=new["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[update],
            )
            _await_active(site, table)


class Table(_AnyTable):
    type = "AWS::DynamoDB::Table"
    consumes = names(
        "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes "
        "KeySchema LocalSecondaryIndexes PointInTimeRecoverySpecification ProvisionedThroughput "
        "SSESpecification StreamSpecification TableClass TableName Tags TimeToLiveSpecification"
    )

    def create(self, site: Site, props: Props) -> str:
        made = _schema(site, props)
        site.client("dynamodb").create_table(
            **made, **given(props, "DeletionProtectionEnabled", "TableClass", "Tags")
        )
        name: str = site.created(made["TableName"])
        _await_active(site, name)
        if "PointInTimeRecoverySpecification" in props:
            _set_recovery(site, name, props)
        if "TimeToLiveSpecification" in props:
            _set_ttl(site, name, {}, props)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return _attributes(site, physical_id)

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        more = names(
            "DeletionProtectionEnabled PointInTimeRecoverySpecification TableClass Tags "
            "TimeToLiveSpecification"
        )
        if changed(old, new, *({*old, *new} - self.changeable - more)):
            super().update(site, physical_id, old, new)
        self._update_schema(site, physical_id, old, new)
        client = site.client("dynamodb")
        if changed(old, new, "DeletionProtectionEnabled", "TableClass"):
            client.update_table(
                TableName=physical_id,
                DeletionProtectionEnabled=new.get("DeletionProtectionEnabled", False),
                TableClass=new.get("TableClass", "STANDARD"),
            )
        if changed(old, new, "PointInTimeRecoverySpecification"):
            _set_recovery(site, physical_id, new)
        if changed(old, new, "TimeToLiveSpecification"):
            _set_ttl(site, physical_id, old, new)
        if changed(old, new, "Tags"):
            _retag(client, _attributes(site, physical_id)["Arn"], old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        if _state(site, physical_id) is not None:
            site.client("dynamodb").delete_table(TableName=physical_id)
            site.wait(lambda: _state(site, physical_id) is None, f"Table {physical_id}")


class GlobalTable(_AnyTable):
    """The stack's own Region must be one of the replicas: the table is made there, the others follow."""

    type = "AWS::DynamoDB::GlobalTable"
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
        made = _schema(site, props)
        site.client("dynamodb").create_table(**made, **own)
        name: str = site.created(made["TableName"])
        _await_active(site, name)
        if "TimeToLiveSpecification" in props:
            _set_ttl(site, name, {}, props)
        for region, replica in replicas.items():
            if region != site.region:
                self._add(site, name, region)
            self._settle(site, name, region, {}, replica)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return _attributes(site, physical_id)

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        more = names("Replicas TimeToLiveSpecification")
        if changed(old, new, *({*old, *new} - self.changeable - more)):
            super().update(site, physical_id, old, new)
        self._update_schema(site, physical_id, old, new)
        if changed(old, new, "TimeToLiveSpecification"):
            _set_ttl(site, physical_id, old, new)
        before, after = _replicas(old), _replicas(new)
        for region in before.keys() - after.keys():
            self._remove(site, physical_id, region)
        for region, replica in after.items():
            if region not in before:
                self._add(site, physical_id, region)
            self._settle(site, physical_id, region, before.get(region, {}), replica)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        told = _state(site, physical_id)
        if told is None:
            return
        existing = {item["RegionName"] for item in told.get("Replicas", [])}
        for region in _replicas(props):
            if region != site.region and region in existing:
                self._remove(site, physical_id, region)
        site.client("dynamodb").delete_table(TableName=physical_id)
        site.wait(lambda: _state(site, physical_id) is None, f"Table {physical_id}")

    def _add(self, site: Site, table: str, region: str) -> None:
        site.client("dynamodb").update_table(
            TableName=table, ReplicaUpdates=[{"Create": {"RegionName": region}}]
        )
        _await_active(site, table)
        _await_active(site, table, region)

    def _remove(self, site: Site, table: str, region: str) -> None:
        site.client("dynamodb").update_table(
            TableName=table, ReplicaUpdates=[{"Delete": {"RegionName": region}}]
        )
        site.wait(lambda: _state(site, table, region) is None, f"Replica of {table} in {region}")
        _await_active(site, table)

    def _settle(self, site: Site, table: str, region: str, old: Props, new: Props) -> None:
        """The settings that each replica has of its own."""
        client = site.client("dynamodb", region)
        if changed(old, new, "PointInTimeRecoverySpecification"):
            _set_recovery(site, table, new, region)
        protected = new.get("DeletionProtectionEnabled", False)
        if protected != old.get("DeletionProtectionEnabled", False):
            client.update_table(TableName=table, DeletionProtectionEnabled=protected)
        if changed(old, new, "Tags"):
            _retag(client, (_state(site, table, region) or {})["TableArn"], old, new)


def _replicas(props: Props) -> dict[str, Props]:
    """Region → its replica's settings."""
    found: dict[str, Props] = {}
    for replica in props.get("Replicas", []):
        if lost := sorted(set(replica) - _REPLICA):
            raise not_emulated(f"{lost[0]} of a replica")
        found[replica["Region"]] = replica
    return found


TYPES = (Table, GlobalTable)
