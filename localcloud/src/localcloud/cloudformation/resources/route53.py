"""Amazon Route 53: hosted zones, records, health checks."""

import uuid
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.api_values import api_value, input_shape
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    error_code,
    names,
    pick,
)
from localcloud.cloudformation.resources.provider import ResourceProvider


def _tagging(kind: str, tags: str) -> Tagging:
    change = "change_tags_for_resource"
    return Tagging("ResourceId", "{id}", change, change, {"ResourceType": kind}, tags)


class HostedZone(ApiResource):
    def api_properties(self, context: ResourceContext) -> Properties:
        vpcs = context.properties.get("VPCs")
        config = context.properties.get("HostedZoneConfig", {})
        return {
            **context.properties,
            "CallerReference": str(uuid.uuid4()),
            "HostedZoneConfig": {**config, "PrivateZone": bool(vpcs)},
            "Comment": config.get("Comment", ""),
            **({"VPC": vpcs[0]} if vpcs else {}),
        }

    def identify(self, answer: Properties) -> str:
        return super().identify(answer).rpartition("/")[2]

    def update(self, context: ResourceContext) -> None:
        if bool(context.previous.get("VPCs")) != bool(context.properties.get("VPCs")):
            raise ResourceFailure("A hosted zone cannot be turned from public to private or back.")
        super().update(context)

    def set_children(self, context: ResourceContext) -> None:
        """Associate the VPCs; the first one is associated by the creation."""
        if not context.previous:
            context = replace(context, previous={"VPCs": context.properties.get("VPCs", [])[:1]})
        removed, added = context.difference("VPCs")
        for vpc in added:
            self.client(context).associate_vpc_with_hosted_zone(
                HostedZoneId=context.physical_id, VPC=vpc
            )
        for vpc in removed:
            self.client(context).disassociate_vpc_from_hosted_zone(
                HostedZoneId=context.physical_id, VPC=vpc
            )


class HealthCheck(ApiResource):
    def api_properties(self, context: ResourceContext) -> Properties:
        """CreateHealthCheck takes the configuration as a member, UpdateHealthCheck its members."""
        config: dict[str, Any] = context.properties["HealthCheckConfig"]
        reference = {"CallerReference": str(uuid.uuid4())}
        return {**config, **context.properties, **reference}


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
    HostedZone(
        type="AWS::Route53::HostedZone",
        supported=names("HostedZoneConfig HostedZoneTags Name VPCs"),
        calls=Calls("create_hosted_zone", "delete_hosted_zone", "get_hosted_zone"),
        missing="NoSuchHostedZone",
        key="Id",
        id_path="HostedZone.Id",
        updates=(Update("update_hosted_zone_comment", "HostedZoneConfig", sends_all=True),),
        also_changeable=names("VPCs"),
        tagging=_tagging("hostedzone", "HostedZoneTags"),
        described="{NameServers: DelegationSet.NameServers || `[]`}",
    ),
    HealthCheck(
        type="AWS::Route53::HealthCheck",
        supported=names("HealthCheckConfig HealthCheckTags"),
        calls=Calls("create_health_check", "delete_health_check"),
        missing="NoSuchHealthCheck",
        key="HealthCheckId",
        id_path="HealthCheck.Id",
        updates=(Update("update_health_check", "HealthCheckConfig", sends_all=True),),
        tagging=_tagging("healthcheck", "HealthCheckTags"),
    ),
    RecordSet(
        type="AWS::Route53::RecordSet",
        supported=_RECORD | {"HostedZoneId"},
        ignored=names("Comment"),
    ),
)
