"""The operations of Route 53 that moto checks too little; all others are moto's."""

import uuid
from typing import Any, ClassVar

from moto.core.utils import utcnow
from moto.route53.models import FakeZone, RecordSet, Route53Backend

from localcloud.dns import records
from localcloud.dns.health import HealthCheckApi, HealthChecks, view
from localcloud.dns.record_checks import problem_of
from localcloud.dns.zones import vpc_of
from localcloud.gateway import moto_bridge
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock

_PRIVATE_NAME_SERVERS = (
    "ns-1536.awsdns-00.co.uk", "ns-0.awsdns-00.com",
    "ns-1024.awsdns-00.org", "ns-512.awsdns-00.net",
)  # fmt: skip
_ZONE_MEMBERS = ("Id", "Name", "CallerReference", "Config", "ResourceRecordSetCount")


class Route53(HealthCheckApi):
    service: ClassVar[str] = "route53"
    falls_through: ClassVar[bool] = True

    def __init__(self, health: HealthChecks) -> None:
        super().__init__(health)

    @property
    def _backend(self) -> Route53Backend:
        return self._health.backend

    def create_hosted_zone(self, _call: Call, **params: Any) -> dict[str, Any]:
        """A zone with a VPC is private, whether or not HostedZoneConfig says so."""
        if problem := problem_of(params["Name"]):
            raise ApiError("InvalidDomainName", problem)
        name = records.normalize(params["Name"])
        with service_lock("route53"):
            reference = params["CallerReference"]
            if any(zone.caller_reference == reference for zone in self._backend.zones.values()):
                message = "A hosted zone has already been created with the caller reference "
                raise ApiError("HostedZoneAlreadyExists", message + reference)
            vpc, config = params.get("VPC"), params.get("HostedZoneConfig") or {}
            if vpc is None:
                raise not_emulated("public hosted zones")
            self._check_vpc(vpc, name)
            zone = self._backend.create_hosted_zone(
                name,
                private_zone=True,
                caller_reference=reference,
                vpcid=vpc["VPCId"],
                vpcregion=vpc["VPCRegion"],
                comment=config.get("Comment"),
            )
            zone.rrsets = _own_records(zone)
            return {
                "HostedZone": view(zone, *_ZONE_MEMBERS),
                "ChangeInfo": _change_info(),
                "VPC": vpc,
                "Location": f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.resource_id}",
            }

    def associate_vpc_with_hosted_zone(self, call: Call, **params: Any) -> Response:
        with service_lock("route53"):
            self._check_vpc(params["VPC"], self._zone(params["HostedZoneId"]).name)
            return moto_bridge.dispatch(call)

    def _check_vpc(self, vpc: dict[str, str], zone_name: str) -> None:
        vpc_id, region = vpc.get("VPCId", ""), vpc.get("VPCRegion")
        existing = vpc_of(vpc_id)
        if existing is None or existing.region != region:
            message = f"The VPC {vpc_id} in region {region} that you provided is invalid."
            raise ApiError("InvalidVPCId", message)
        for zone in self._backend.zones.values():
            if zone.name == zone_name and any(v["vpc_id"] == vpc_id for v in zone.vpcs):
                raise ApiError(
                    "ConflictingDomainExists",
                    f"The VPC {vpc_id} in region {region} has already been associated with "
                    f"the hosted zone {zone.resource_id} with the same domain name.",
                )

    def change_resource_record_sets(self, _call: Call, **params: Any) -> dict[str, Any]:
        with service_lock("route53"):
            zone = self._zone(params["HostedZoneId"])
            zone.rrsets = records.apply(
                records.normalize(zone.name),
                zone.rrsets,
                params["ChangeBatch"]["Changes"],
                self._backend.health_checks.__contains__,
            )
        return {"ChangeInfo": _change_info(params["ChangeBatch"].get("Comment"))}

    def _zone(self, zone_id: str) -> FakeZone:
        if zone := self._backend.zones.get(zone_id.removeprefix("/hostedzone/")):
            return zone
        raise ApiError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}")


def _own_records(zone: FakeZone) -> list[RecordSet]:
    """Give a private zone's NS and SOA records the name servers that they all have on AWS.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
    """
    servers = [f"{server}." for server in _PRIVATE_NAME_SERVERS]
    soa = f"{servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    own = {"NS": (servers, 172800), "SOA": ([soa], 900)}
    for record in zone.rrsets:
        record.name = zone.name
        record.records, record.ttl = own[str(record.type)]
    return zone.rrsets


def _change_info(comment: str | None = None) -> dict[str, Any]:
    """Here a change is in sync at once; on AWS it is PENDING for up to a minute."""
    return {
        "Id": f"/change/C{uuid.uuid4().hex[:20].upper()}",
        "Status": "INSYNC",
        "SubmittedAt": utcnow(),
        "Comment": comment,
    }
