"""Amazon DynamoDB: tables of one Region."""

from __future__ import annotations

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


class Table(AnyTable):
    type = "AWS::DynamoDB::Table"
    named_by = "TableName"
    consumes = names(
        "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes "
        "KeySchema LocalSecondaryIndexes PointInTimeRecoverySpecification ProvisionedThroughput "
        "SSESpecification StreamSpecification TableClass TableName Tags TimeToLiveSpecification"
    )

    def create(self, site: Site, props: Props) -> str:
        made = create_members(site, props)
        site.client("dynamodb").create_table(
            **made, **given(props, "DeletionProtectionEnabled", "TableClass", "Tags")
        )
        name: str = site.created(made["TableName"])
        await_active(site, name)
        if "PointInTimeRecoverySpecification" in props:
            set_recovery(site, name, props)
        if "TimeToLiveSpecification" in props:
            set_ttl(site, name, {}, props)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return table_attributes(site, physical_id)

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        more = names(
            "DeletionProtectionEnabled PointInTimeRecoverySpecification Tags "
            "TimeToLiveSpecification"
        )
        if changed(old, new, *({*old, *new} - self.changeable - more)):
            super().update(site, physical_id, old, new)
        self._update_schema(site, physical_id, old, new)
        client = site.client("dynamodb")
        if changed(old, new, "DeletionProtectionEnabled"):
            protected = new.get("DeletionProtectionEnabled", False)
            client.update_table(TableName=physical_id, DeletionProtectionEnabled=protected)
        if changed(old, new, "PointInTimeRecoverySpecification"):
            set_recovery(site, physical_id, new)
        if changed(old, new, "TimeToLiveSpecification"):
            set_ttl(site, physical_id, old, new)
        if changed(old, new, "Tags"):
            retag(client, table_attributes(site, physical_id)["Arn"], old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        if table_state(site, physical_id) is not None:
            site.client("dynamodb").delete_table(TableName=physical_id)
            site.wait(lambda: table_state(site, physical_id) is None, f"Table {physical_id}")


TYPES = (Table,)
