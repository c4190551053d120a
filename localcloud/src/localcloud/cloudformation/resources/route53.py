"""Amazon Route 53: zones, records, health checks."""

from __future__ import annotations

import uuid
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import ResourceFailure
from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
)

_RECORD = (
    "AliasTarget",
    "CidrRoutingConfig",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "HealthCheckId",
    "MultiValueAnswer",
    "Name",
    "Region",
    "SetIdentifier",
    "TTL",
    "Type",
    "Weight",
)


def _vpc(item: Props) -> Props:
    return {"VPCId": item["VPCId"], "VPCRegion": item["VPCRegion"]}


class HostedZone(ResourceType):
    type = "AWS::Route53::HostedZone"
    consumes = names("HostedZoneConfig HostedZoneTags Name VPCs")

    def create(self, site: Site, props: Props) -> str:
        client = site.client("route53")
        vpcs = props.get("VPCs", [])
        config = {**props.get("HostedZoneConfig", {}), "PrivateZone": bool(vpcs)}
        made = client.create_hosted_zone(
            Name=props["Name"],
            CallerReference=str(uuid.uuid4()),
            HostedZoneConfig=config,
            **({"VPC": _vpc(vpcs[0])} if vpcs else {}),
        )
        zone: str = site.created(made["HostedZone"]["Id"].rpartition("/")[2])
        for item in vpcs[1:]:
            client.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=_vpc(item))
        _tag(client, "hostedzone", zone, {}, props, "HostedZoneTags")
        return zone

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        told = site.client("route53").get_hosted_zone(Id=physical_id)
        servers = told.get("DelegationSet", {}).get("NameServers", [])
        return {"Id": physical_id, "NameServers": servers}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        client = site.client("route53")
        if bool(old.get("VPCs")) != bool(new.get("VPCs")):
            raise ResourceFailure("A hosted zone cannot be turned from public to private or back.")
        before, after = old.get("VPCs", []), new.get("VPCs", [])
        for item in after:
            if item not in before:
                client.associate_vpc_with_hosted_zone(HostedZoneId=physical_id, VPC=_vpc(item))
        for item in before:
            if item not in after:
                client.disassociate_vpc_from_hosted_zone(HostedZoneId=physical_id, VPC=_vpc(item))
        if changed(old, new, "HostedZoneConfig"):
            comment = new.get("HostedZoneConfig", {}).get("Comment", "")
            client.update_hosted_zone_comment(Id=physical_id, Comment=comment)
        _tag(client, "hostedzone", physical_id, old, new, "HostedZoneTags")

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("route53").delete_hosted_zone, "NoSuchHostedZone", Id=physical_id)


def _tag(client: Any, kind: str, physical_id: str, old: Props, new: Props, key: str) -> None:
    if not changed(old, new, key):
        return
    kept = {item["Key"] for item in new.get(key, [])}
    dropped = [item["Key"] for item in old.get(key, []) if item["Key"] not in kept]
    client.change_tags_for_resource(
        ResourceType=kind,
        ResourceId=physical_id,
        **({"AddTags": new[key]} if kept else {}),
        **({"RemoveTagKeys": dropped} if dropped else {}),
    )


def _record(props: Props) -> Props:
    made: Props = given(props, *_RECORD)
    if "TTL" in made:
        made["TTL"] = int(made["TTL"])
    if "ResourceRecords" in props:
        made["ResourceRecords"] = [{"Value": value} for value in props["ResourceRecords"]]
    if "AliasTarget" in made:
        made["AliasTarget"] = {"EvaluateTargetHealth": False, **made["AliasTarget"]}
    return made


def _identity(props: Props) -> tuple[Any, ...]:
    """What makes a record another one."""
    return tuple(props.get(key) for key in ("Name", "Type", "SetIdentifier"))


def _zone(site: Site, props: Props) -> str:
    if "HostedZoneId" in props:
        return str(props["HostedZoneId"])
    name = props["HostedZoneName"]
    found = site.client("route53").list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    same = [zone["Id"].rpartition("/")[2] for zone in found if zone["Name"] == name]
    if len(same) != 1:
        raise ResourceFailure(
            f"Found {len(same)} hosted zones named {name}; exactly one is needed."
        )
    return str(same[0])


def _change(site: Site, zone: str, changes: list[tuple[str, Props]]) -> None:
    site.client("route53").change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={
            "Changes": [
                {"Action": action, "ResourceRecordSet": _record(item)} for action, item in changes
            ]
        },
    )


def _remove(site: Site, zone: str, records: list[Props]) -> None:
    for item in records:
        try:
            _change(site, zone, [("DELETE", item)])
        except ClientError as error:
            # InvalidChangeBatch: "… but it was not found".
            code, told = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code != "NoSuchHostedZone" and "not found" not in told:
                raise


class RecordSet(ResourceType):
    type = "AWS::Route53::RecordSet"
    consumes = frozenset({*_RECORD, "HostedZoneId", "HostedZoneName", "ResourceRecords"})
    harmless = names("Comment")

    def create(self, site: Site, props: Props) -> str:
        _change(site, _zone(site, props), [("CREATE", props)])
        return str(props["Name"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> str:  # noqa: ARG002
        zone = _zone(site, new)
        if _identity(old) == _identity(new):
            _change(site, zone, [("UPSERT", new)])
        else:
            _change(site, zone, [("DELETE", old), ("CREATE", new)])
        return str(new["Name"])

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        _remove(site, _zone(site, props), [props])


class RecordSetGroup(ResourceType):
    type = "AWS::Route53::RecordSetGroup"
    consumes = names("HostedZoneId HostedZoneName RecordSets")
    harmless = names("Comment")

    def create(self, site: Site, props: Props) -> str:
        records = props.get("RecordSets", [])
        _change(site, _zone(site, props), [("CREATE", item) for item in records])
        return site.name()

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        zone, records = _zone(site, new), new.get("RecordSets", [])
        kept = {_identity(item) for item in records}
        dropped = [item for item in old.get("RecordSets", []) if _identity(item) not in kept]
        changes = [("DELETE", item) for item in dropped] + [("UPSERT", item) for item in records]
        _change(site, zone, changes)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        _remove(site, _zone(site, props), props.get("RecordSets", []))


class HealthCheck(ResourceType):
    type = "AWS::Route53::HealthCheck"
    consumes = names("HealthCheckConfig HealthCheckTags")

    def create(self, site: Site, props: Props) -> str:
        client = site.client("route53")
        made = client.create_health_check(
            CallerReference=str(uuid.uuid4()), HealthCheckConfig=props["HealthCheckConfig"]
        )
        check: str = site.created(made["HealthCheck"]["Id"])
        _tag(client, "healthcheck", check, {}, props, "HealthCheckTags")
        return check

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"HealthCheckId": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        client = site.client("route53")
        if changed(old, new, "HealthCheckConfig"):
            config = {k: v for k, v in new["HealthCheckConfig"].items() if k != "Type"}
            client.update_health_check(HealthCheckId=physical_id, **config)
        _tag(client, "healthcheck", physical_id, old, new, "HealthCheckTags")

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        remove = site.client("route53").delete_health_check
        gone(remove, "NoSuchHealthCheck", HealthCheckId=physical_id)


TYPES = (HostedZone, RecordSet, RecordSetGroup, HealthCheck)
