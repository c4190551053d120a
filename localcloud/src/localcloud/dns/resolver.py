"""The resolver that every VPC has at its second address: answers from private hosted zones only."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from moto.route53.models import RecordSet

from localcloud.clock import Clock
from localcloud.dns.health import HealthChecks
from localcloud.dns.routing import NotEmulatedRouting, choose
from localcloud.dns.zones import Zone, Zones, absolute

log = logging.getLogger(__name__)

_MAX_CHAIN = 8
_SOA, _CNAME, _ANY = dns.rdatatype.SOA, dns.rdatatype.CNAME, dns.rdatatype.ANY
_Key = tuple[str, dns.name.Name, int]


@dataclass(frozen=True)
class _Cached:
    since: float
    ttl: float  # AWS seconds
    rrsets: tuple[dns.rrset.RRset, ...]


class VpcResolver:
    """``caching``: as AWS's resolver does, keep an answer for its TTL, so that a change of the
    zone or of a health check shows no sooner. Negative answers are not kept.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-availability-scaling.html
    """

    def __init__(
        self, zones: Zones, health: HealthChecks, clock: Clock, rng: random.Random | None = None
    ) -> None:
        self._zones = zones
        self._health = health
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads load, keeps no secret
        self._cache: dict[_Key, _Cached] = {}
        self._lock = threading.Lock()
        self.caching = True

    def answer(self, vpc_id: str, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query, recursion_available=True)
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            response.set_rcode(dns.rcode.NOTIMP)
            return response
        question = query.question[0]
        if question.rdclass != dns.rdataclass.IN or question.rdtype == _ANY:
            response.set_rcode(dns.rcode.NOTIMP)
            return response
        try:
            self._resolve(vpc_id, question.name.canonicalize(), question.rdtype, response)
        except NotEmulatedRouting as error:
            log.error("the local cloud does not emulate this DNS answer: %s", error)
            response.set_rcode(dns.rcode.SERVFAIL)
        return response

    def _resolve(
        self,
        vpc_id: str,
        name: dns.name.Name,
        kind: dns.rdatatype.RdataType,
        response: dns.message.Message,
    ) -> None:
        vpc = self._zones.vpc(vpc_id)
        if vpc is None or not vpc.support:
            # On AWS nothing listens there and the query times out; this says it at once.
            response.set_rcode(dns.rcode.REFUSED)
            return
        zone = self._zones.private_zone(name, vpc_id) if vpc.hostnames else None
        if zone is None:
            # A private zone that this VPC does not see: the public DNS does not have the name. What
            # else the public DNS has is not known here, and there is no way out.
            hidden = self._zones.private_zone(name, None) is not None
            response.set_rcode(dns.rcode.NXDOMAIN if hidden else dns.rcode.REFUSED)
            return
        if cached := self._cached((vpc_id, name, kind)):
            response.answer.extend(cached)
            return
        self._from_zone(vpc_id, zone, name, kind, response)

    def _from_zone(
        self,
        vpc_id: str,
        zone: Zone,
        name: dns.name.Name,
        kind: dns.rdatatype.RdataType,
        response: dns.message.Message,
    ) -> None:
        found: list[tuple[dns.name.Name, RecordSet]] = []
        here: Zone | None = zone
        target = name
        while here is not None and len(found) < _MAX_CHAIN:
            record = self._record(here, target, kind)
            if record is None:
                break
            found.append((target, record))
            if record.type != "CNAME" or kind == _CNAME:
                break
            target = absolute(record.records[0])
            here = self._zones.private_zone(target, vpc_id)
        if found:
            ttl = min(float(record.ttl or 0) for _, record in found)
            rrsets = [self._rrset(owner, record) for owner, record in found]
            self._remember((vpc_id, name, kind), ttl, rrsets)
            response.answer.extend(self._with_ttl(rrsets))
        if here is not None and (not found or found[-1][0] != target):
            self._say_no(here, target, response)

    def _record(
        self, zone: Zone, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> RecordSet | None:
        """The record of this type, or a CNAME, at the name or at the wildcard that covers it."""
        there = zone.at(name)
        if not there and not zone.has_below(name):
            there = zone.at(dns.name.Name((b"*", *name.labels[1:])))
        for wanted in (dns.rdatatype.to_text(kind), "CNAME"):
            if records := [record for record in there if record.type == wanted]:
                return choose(records, self._is_healthy, self._rng)
        return None

    def _is_healthy(self, record: RecordSet) -> bool:
        return not record.health_check_id or self._health.is_healthy(record.health_check_id)

    def _say_no(self, zone: Zone, name: dns.name.Name, response: dns.message.Message) -> None:
        """NODATA if the name exists, else NXDOMAIN; both with the zone's SOA (RFC 2308)."""
        wildcard = dns.name.Name((b"*", *name.labels[1:]))
        if not zone.has_below(name) and not zone.at(wildcard):
            response.set_rcode(dns.rcode.NXDOMAIN)
        for record in zone.at(zone.name):
            if record.type == "SOA":
                response.authority.extend(self._with_ttl([self._rrset(zone.name, record)]))

    # -- rrsets, with TTLs in AWS seconds until they go out --------------------------------------

    def _rrset(self, name: dns.name.Name, record: RecordSet) -> dns.rrset.RRset:
        # Route 53 takes every name in a value as absolute, with or without the final dot.
        return dns.rrset.from_text_list(
            name,
            int(record.ttl or 0),
            "IN",
            str(record.type),
            [str(value) for value in record.records],
            origin=dns.name.root,
            relativize=False,
        )

    def _with_ttl(self, rrsets: list[dns.rrset.RRset], age: float = 0.0) -> list[dns.rrset.RRset]:
        """Copies whose TTL is scaled as every other wait is."""
        copies = []
        for rrset in rrsets:
            copy = rrset.copy()  # type: ignore[no-untyped-call]  # dnspython leaves it untyped
            copy.ttl = int(self._clock.real_seconds(max(0.0, rrset.ttl - age)))
            copies.append(copy)
        return copies

    def _remember(self, key: _Key, ttl: float, rrsets: list[dns.rrset.RRset]) -> None:
        with self._lock:
            self._cache[key] = _Cached(self._clock.now(), ttl, tuple(rrsets))

    def _cached(self, key: _Key) -> list[dns.rrset.RRset] | None:
        if not self.caching:
            return None
        with self._lock:
            cached = self._cache.get(key)
        if cached is None or (age := self._clock.elapsed(cached.since)) >= cached.ttl:
            return None
        return self._with_ttl(list(cached.rrsets), age)
