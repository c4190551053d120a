"""What DynamoDB's tables and global tables have in common."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    names,
)
from localcloud.gateway.errors import not_emulated

_GONE = "ResourceNotFoundException"
_INDEX = names("IndexName KeySchema Projection ProvisionedThroughput")


def create_members(site: Site, props: Props) -> Props:
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


def table_state(site: Site, table: str, region: str | None = None) -> Props | None:
    """DescribeTable's answer; None if there is no such table."""
    try:
        told: Props = site.client("dynamodb", region).describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] != _GONE:
            raise
        return None
    return told


def await_active(site: Site, table: str, region: str | None = None) -> None:
    def active() -> bool:
        told = table_state(site, table, region) or {}
        indexes = told.get("GlobalSecondaryIndexes", [])
        replicas = told.get("Replicas", [])
        parts = [told.get("TableStatus")]
        parts += [index.get("IndexStatus", "ACTIVE") for index in indexes]
        parts += [replica.get("ReplicaStatus", "ACTIVE") for replica in replicas]
        return all(part == "ACTIVE" for part in parts)

    site.wait(active, f"Table {table}")


def set_recovery(site: Site, table: str, props: Props, region: str | None = None) -> None:
    specification = props.get("PointInTimeRecoverySpecification", {})
    enabled = specification.get("PointInTimeRecoveryEnabled", False)
    site.client("dynamodb", region).update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": enabled,
            **given(specification, "RecoveryPeriodInDays"),
        },
    )


def set_ttl(site: Site, table: str, old: Props, new: Props) -> None:
    specification = new.get("TimeToLiveSpecification")
    if specification is None:
        specification = {**old["TimeToLiveSpecification"], "Enabled": False}
    site.client("dynamodb").update_time_to_live(
        TableName=table, TimeToLiveSpecification=specification
    )


def retag(client: Any, arn: str, old: Props, new: Props) -> None:
    kept = {item["Key"] for item in new.get("Tags", [])}
    if dropped := [item["Key"] for item in old.get("Tags", []) if item["Key"] not in kept]:
        client.untag_resource(ResourceArn=arn, TagKeys=dropped)
    if kept:
        client.tag_resource(ResourceArn=arn, Tags=new["Tags"])


def table_attributes(site: Site, table: str) -> Props:
    told = table_state(site, table) or {}
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


def _redefined(old: Props, new: Props) -> bool:
    """Whether an attribute that both define has another type."""
    before = {item["AttributeName"]: item for item in old.get("AttributeDefinitions", [])}
    after = {item["AttributeName"]: item for item in new.get("AttributeDefinitions", [])}
    return any(before[name] != after[name] for name in before.keys() & after.keys())


class AnyTable(ResourceType):
    # What UpdateTable can change of both types; other changes are an error that names them.
    changeable = names(
        "AttributeDefinitions BillingMode GlobalSecondaryIndexes ProvisionedThroughput "
        "StreamSpecification"
    )

    def replaced_by(self, region: str, old: Props, new: Props) -> list[str]:
        """ "Replacement if you edit an existing AttributeDefinition."

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
        """
        redefined = ["AttributeDefinitions"] if _redefined(old, new) else []
        return super().replaced_by(region, old, new) + redefined

    def _update_schema(self, site: Site, table: str, old: Props, new: Props) -> None:
        client = site.client("dynamodb")
        before, after = create_members(site, {**old, "TableName": table}), create_members(site, new)
        defaults: Props = {
            "BillingMode": "PROVISIONED",
            "StreamSpecification": {"StreamEnabled": False},
        }
        simple = {
            key: after.get(key, default)
            for key, default in defaults.items()
            if changed(before, after, key)
        }
        if "ProvisionedThroughput" in after and changed(before, after, "ProvisionedThroughput"):
            simple |= given(after, "ProvisionedThroughput")
        if simple:
            client.update_table(TableName=table, **simple)
            await_active(site, table)
        for update in _index_updates(old, new):
            client.update_table(
                TableName=table,
                AttributeDefinitions=new["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[update],
            )
            await_active(site, table)
