"""Amazon Route 53: records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_values import api_value, input_shape
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    error_code,
    names,
    pick,
)
from localcloud.cloudformation.resources.provider import ResourceProvider

_ZONE = names("HostedZoneId HostedZoneName")
_RECORD = names(
    "AliasTarget CidrRoutingConfig Failover GeoLocation GeoProximityLocation HealthCheckId "
    "MultiValueAnswer Name Region ResourceRecords SetIdentifier TTL Type Weight"
)
Changes = list[tuple[str, Properties]]  # (CREATE, UPSERT or DELETE, a record)


def _identity(record: Properties) -> tuple[Any, ...]:
    """The properties whose change makes it another record."""
    return tuple(record.get(key) for key in ("Name", "Type", "SetIdentifier"))


@dataclass(frozen=True, kw_only=True)
class RecordProvider(ResourceProvider):
    """A record set, or a group of them: its ``records`` are changed together."""

    def records(self, properties: Properties) -> list[Properties]:
        raise NotImplementedError

    def name(self, context: ResourceContext) -> str:
        """The physical id."""
        raise NotImplementedError

    def create(self, context: ResourceContext) -> None:
        _change(context, [("CREATE", record) for record in self.records(context.properties)])
        context.created(self.name(context))

    def update(self, context: ResourceContext) -> None:
        records = self.records(context.properties)
        identities = [_identity(record) for record in records]
        previous = self.records(context.previous)
        dropped = [record for record in previous if _identity(record) not in identities]
        _change(
            context,
            [("DELETE", record) for record in dropped] + [("UPSERT", record) for record in records],
        )

    def delete(self, context: ResourceContext) -> None:
        for record in self.records(context.properties):
            try:
                _change(context, [("DELETE", record)])
            except ClientError as error:
                # InvalidChangeBatch: "… but it was not found".
                is_missing = "not found" in error.response["Error"]["Message"]
                if error_code(error) != "NoSuchHostedZone" and not is_missing:
                    raise


class RecordSet(RecordProvider):
    def records(self, properties: Properties) -> list[Properties]:
        return [properties] if properties else []

    def name(self, context: ResourceContext) -> str:
        return str(context.properties["Name"])

    def update(self, context: ResourceContext) -> None:
        """A record that is renamed has another physical id, and must be new under that."""
        if _identity(context.previous) == _identity(context.properties):
            super().update(context)
        else:
            [previous], [record] = self.records(context.previous), self.records(context.properties)
            _change(context, [("DELETE", previous), ("CREATE", record)])
        context.physical_id = self.name(context)


class RecordSetGroup(RecordProvider):
    def records(self, properties: Properties) -> list[Properties]:
        records: list[Properties] = properties.get("RecordSets", [])
        return records

    def name(self, context: ResourceContext) -> str:
        return context.generate_name()


def _change(context: ResourceContext, changes: Changes) -> None:
    client, zone = context.client("route53"), _zone(context)
    batch = {
        "Changes": [
            {"Action": action, "ResourceRecordSet": _record(record)} for action, record in changes
        ]
    }
    shape = input_shape(client, "change_resource_record_sets").members["ChangeBatch"]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=api_value(shape, batch, {}))


def _record(properties: Properties) -> Properties:
    record = pick(properties, *_RECORD)
    if "AliasTarget" in record:
        record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
    return record


def _zone(context: ResourceContext) -> str:
    if "HostedZoneId" in context.properties:
        return str(context.properties["HostedZoneId"])
    name = context.properties["HostedZoneName"]
    zones = context.client("route53").list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    ids = [zone["Id"].rpartition("/")[2] for zone in zones if zone["Name"] == name]
    if len(ids) != 1:
        raise ResourceFailure(f"Found {len(ids)} hosted zones named {name}; exactly one is needed.")
    return str(ids[0])


PROVIDERS = (
    RecordSet(type="AWS::Route53::RecordSet", supported=_RECORD | _ZONE, ignored=names("Comment")),
    RecordSetGroup(
        type="AWS::Route53::RecordSetGroup",
        supported=_ZONE | names("RecordSets"),
        ignored=names("Comment"),
    ),
)
