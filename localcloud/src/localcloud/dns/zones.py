"""The private hosted zones that a VPC sees, read from moto."""

from dataclasses import dataclass

import dns.name
from moto.ec2.models import ec2_backends
from moto.route53.models import FakeZone, RecordSet, route53_backends

from localcloud.gateway.moto_bridge import service_lock
from localcloud.settings import ACCOUNT_ID


@dataclass(frozen=True)
class Zone:
    name: dns.name.Name
    records: tuple[RecordSet, ...]

    def records_of(self, name: dns.name.Name) -> list[RecordSet]:
        return [record for record in self.records if absolute(record.name) == name]

    def exists(self, name: dns.name.Name) -> bool:
        """Whether the name exists: it or a name beneath it has records."""
        return any(absolute(record.name).is_subdomain(name) for record in self.records)


@dataclass(frozen=True)
class Vpc:
    """``support`` and ``hostnames`` are its two DNS attributes."""

    region: str
    support: bool
    hostnames: bool


def vpc_of(vpc_id: str) -> Vpc | None:
    with service_lock("ec2"):
        for region, backend in list(ec2_backends[ACCOUNT_ID].items()):
            if (vpc := backend.vpcs.get(vpc_id)) is not None:
                # moto stores the string that ModifyVpcAttribute sent.
                attributes = (vpc.enable_dns_support, vpc.enable_dns_hostnames)
                return Vpc(str(region), *(str(value).lower() == "true" for value in attributes))
    return None


def private_zone(name: dns.name.Name, vpc_id: str | None) -> Zone | None:
    """Return the zone nearest to ``name`` of those associated with the VPC (None: of all).

    "Route 53 uses the most specific match":
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
    """
    with service_lock("route53"):
        zones: list[FakeZone] = [
            zone
            for zone in route53_backends[ACCOUNT_ID]["aws"].zones.values()
            if zone.private_zone and name.is_subdomain(absolute(zone.name))
            if vpc_id is None or any(vpc["vpc_id"] == vpc_id for vpc in zone.vpcs)
        ]
        if not zones:
            return None
        nearest = max(zones, key=lambda zone: len(absolute(zone.name)))
        return Zone(absolute(nearest.name), tuple(nearest.rrsets))


def absolute(name: str) -> dns.name.Name:
    """Return a name in lower case and with the root label, so that equal names are equal."""
    return dns.name.from_text(name).canonicalize()
