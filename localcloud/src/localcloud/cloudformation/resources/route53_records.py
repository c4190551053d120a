"""Amazon Route 53: records."""

from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.api_values import api_value, input_shape
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    error_code,
    names,
    pick,
)
from localcloud.cloudformation.resources.provider import ResourceProvider

_RECORD = names("Failover HealthCheckId Name ResourceRecords SetIdentifier TTL Type")


def _identity(record: Properties) -> tuple[Any, ...]:
    """The properties whose change makes it another record."""
    return tuple(record.get(key) for key in ("Name", "Type", "SetIdentifier"))


class RecordSet(ResourceProvider):
    def create(self, context: ResourceContext) -> None:
        _change(context, ("CREATE", context.properties))
        context.created(str(context.properties["Name"]))

    def update(self, context: ResourceContext) -> None:
        """A record that is renamed has another physical id, and must be new under that."""
        before, after = context.previous, context.properties
        if _identity(before) == _identity(after):
            _change(context, ("UPSERT", after))
        else:
            _change(context, ("DELETE", before), ("CREATE", after))
        context.physical_id = str(after["Name"])

    def delete(self, context: ResourceContext) -> None:
        try:
            _change(context, ("DELETE", context.properties))
        except ClientError as error:
            # InvalidChangeBatch: "… but it was not found".
            is_missing = "not found" in error.response["Error"]["Message"]
            if error_code(error) != "NoSuchHostedZone" and not is_missing:
                raise


def _change(context: ResourceContext, *changes: tuple[str, Properties]) -> None:
    """Make changes, each CREATE, UPSERT or DELETE and a record, at once."""
    client, zone = context.client("route53"), context.properties["HostedZoneId"]
    batch = {
        "Changes": [
            {"Action": action, "ResourceRecordSet": pick(record, *_RECORD)}
            for action, record in changes
        ]
    }
    shape = input_shape(client, "change_resource_record_sets").members["ChangeBatch"]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=api_value(shape, batch, {}))


PROVIDERS = (
    RecordSet(
        type="AWS::Route53::RecordSet",
        supported=_RECORD | {"HostedZoneId"},
        ignored=names("Comment"),
    ),
)
