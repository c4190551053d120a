"""The resolver that every VPC has at its second address: answers from private hosted zones only."""

import threading
from dataclasses import dataclass
from typing import NamedTuple

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
from localcloud.dns.routing import choose
from localcloud.dns.zones import Zone, Zones, absolute

_MAX_CHAIN = 8
_CNAME, _ANY = dns.rdatatype.CNAME, dns.rdatatype.ANY


class _Question(NamedTuple):
    vpc_id: str
    name: dns.name.Name
    kind: dns.rdatatype.RdataType


@dataclass(frozen=True)
class _Cached:
    since: float
    ttl: float  # AWS seconds
    rrsets: tuple[dns.rrset.RRset, ...]


class VpcResolver:
    """``caching``: like AWS's resolver, keep an answer for its TTL, whatever changes meanwhile.

    Negative answers are not cached. In Regions that are ``frozen`` a cached answer stands for good,
    in those that are ``silent`` there is none: faults for tests.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-availability-scaling.html
    """

    def __init__(self, zones: Zones, health: HealthChecks, clock: Clock) -> None:
        self._zones = zones
        self._health = health
        self._clock = clock
        self._cache: dict[_Question, _Cached] = {}
        self._lock = threading.Lock()
        self.caching = True
        self.frozen: frozenset[str] = frozenset()
        self.silent: frozenset[str] = frozenset()

    def answer(self, vpc_id: str, query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query, recursion_available=True)
        kinds = [(rrset.rdclass, rrset.rdtype != _ANY) for rrset in query.question]
        if query.opcode() != dns.opcode.QUERY or kinds != [(dns.rdataclass.IN, True)]:
            response.set_rcode(dns.rcode.NOTIMP)
            return response
        rrset = query.question[0]
        self._resolve(_Question(vpc_id, rrset.name.canonicalize(), rrset.rdtype), response)
        return response

    def _resolve(self, question: _Question, response: dns.message.Message) -> None:
        vpc_id, name, _ = question
        vpc = self._zones.vpc(vpc_id)
        if vpc is None or not vpc.support:
            # On AWS nothing listens there and the query times out; here it is refused at once.
            response.set_rcode(dns.rcode.REFUSED)
            return
        if vpc.region in self.silent:
            response.set_rcode(dns.rcode.SERVFAIL)
            return
        zone = self._zones.private_zone(name, vpc_id) if vpc.hostnames else None
        if zone is None:
            # A private zone that this VPC does not see: the public DNS does not have the name. The
            # rest of the public DNS is not known here, and there is no way out.
            is_hidden = self._zones.private_zone(name, None) is not None
            response.set_rcode(dns.rcode.NXDOMAIN if is_hidden else dns.rcode.REFUSED)
            return
        if cached := self._cached(question, is_frozen=vpc.region in self.frozen):
            response.answer.extend(cached)
            return
        self._resolve_in_zones(question, zone, response)

    def _resolve_in_zones(
        self, question: _Question, first: Zone, response: dns.message.Message
    ) -> None:
        """Follow CNAMEs from zone to zone."""
        chain: list[tuple[dns.name.Name, RecordSet]] = []
        zone: Zone | None = first
        target = question.name
        while zone is not None and len(chain) < _MAX_CHAIN:
            record = self._record(zone, target, question.kind)
            if record is None:
                break
            chain.append((target, record))
            if record.type != "CNAME" or question.kind == _CNAME:
                break
            target = absolute(record.records[0])
            zone = self._zones.private_zone(target, question.vpc_id)
        if chain:
            ttl = min(float(record.ttl or 0) for _, record in chain)
            rrsets = [_rrset(owner, record) for owner, record in chain]
            with self._lock:
                self._cache[question] = _Cached(self._clock.now(), ttl, tuple(rrsets))
            response.answer.extend(self._with_ttl(rrsets))
        if zone is not None and (not chain or chain[-1][0] != target):
            self._answer_negatively(zone, target, response)

    def _record(
        self, zone: Zone, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> RecordSet | None:
        """Return the record of this type, or a CNAME, of the name or its wildcard."""
        at_name = zone.at(name)
        if not at_name and not zone.exists(name):
            at_name = zone.at(_wildcard(name))
        for record_type in (dns.rdatatype.to_text(kind), "CNAME"):
            if records := [record for record in at_name if record.type == record_type]:
                return choose(records, self._is_healthy)
        return None

    def _is_healthy(self, record: RecordSet) -> bool:
        return not record.health_check_id or self._health.is_healthy(record.health_check_id)

    def _answer_negatively(
        self, zone: Zone, name: dns.name.Name, response: dns.message.Message
    ) -> None:
        """NODATA if the name exists, or NXDOMAIN; both with the zone's SOA (RFC 2308)."""
        if not zone.exists(name) and not zone.at(_wildcard(name)):
            response.set_rcode(dns.rcode.NXDOMAIN)
        for record in zone.at(zone.name):
            if record.type == "SOA":
                response.authority.extend(self._with_ttl([_rrset(zone.name, record)]))

    def _with_ttl(self, rrsets: list[dns.rrset.RRset], age: float = 0.0) -> list[dns.rrset.RRset]:
        """Return copies whose TTL is scaled as every other wait is."""
        copies = []
        for rrset in rrsets:
            copy = rrset.copy()  # type: ignore[no-untyped-call]  # dnspython leaves it untyped
            copy.ttl = int(self._clock.real_seconds(max(0.0, rrset.ttl - age)))
            copies.append(copy)
        return copies

    def _cached(self, question: _Question, *, is_frozen: bool) -> list[dns.rrset.RRset] | None:
        if not self.caching:
            return None
        with self._lock:
            cached = self._cache.get(question)
        if cached is None:
            return None
        age = self._clock.elapsed(cached.since)
        if age >= cached.ttl and not is_frozen:
            return None
        return self._with_ttl(list(cached.rrsets), age)


def _wildcard(name: dns.name.Name) -> dns.name.Name:
    return dns.name.Name((b"*", *name.labels[1:]))


def _rrset(name: dns.name.Name, record: RecordSet) -> dns.rrset.RRset:
    """Route 53 takes every name in a value as absolute, with or without the final dot."""
    return dns.rrset.from_text_list(
        name,
        int(record.ttl or 0),
        "IN",
        str(record.type),
        [str(value) for value in record.records],
        origin=dns.name.root,
        relativize=False,
    )
