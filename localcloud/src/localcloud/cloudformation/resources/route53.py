"""Amazon Route 53: hosted zones, health checks."""

import uuid
from dataclasses import replace
from typing import Any

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names


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
)
