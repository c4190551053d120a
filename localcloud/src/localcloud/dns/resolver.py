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
from localcloud.dns.zones import Zone, private_zone, vpc_of

_ANY = dns.rdatatype.ANY


class _Question(NamedTuple):
    vpc_id: str
    name: dns.name.Name
    kind: dns.rdatatype.RdataType


@dataclass(frozen=True)
class _Cached:
    since: float
    ttl: float  # AWS seconds
    rrset: dns.rrset.RRset


class VpcResolver:
    """Like AWS's resolver it keeps an answer for its TTL, whatever changes meanwhile.

    Negative answers are not cached. In Regions that are ``frozen`` a cached answer stands for good,
    in those that are ``silent`` there is none: faults for tests.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-availability-scaling.html
    """

    def __init__(self, health: HealthChecks, clock: Clock) -> None:
        self._health = health
        self._clock = clock
        self._cache: dict[_Question, _Cached] = {}
        self._lock = threading.Lock()
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
        vpc = vpc_of(vpc_id)
        if vpc is None or not vpc.support:
            # On AWS nothing listens there and the query times out; here it is refused at once.
            response.set_rcode(dns.rcode.REFUSED)
            return
        if vpc.region in self.silent:
            response.set_rcode(dns.rcode.SERVFAIL)
            return
        zone = private_zone(name, vpc_id) if vpc.hostnames else None
        if zone is None:
            # A private zone that this VPC does not see: the public DNS does not have the name. The
            # rest of the public DNS is not known here, and there is no way out.
            is_hidden = private_zone(name, None) is not None
            response.set_rcode(dns.rcode.NXDOMAIN if is_hidden else dns.rcode.REFUSED)
            return
        if cached := self._cached(question, is_frozen=vpc.region in self.frozen):
            response.answer.append(cached)
            return
        self._resolve_in_zone(question, zone, response)

    def _resolve_in_zone(
        self, question: _Question, zone: Zone, response: dns.message.Message
    ) -> None:
        kind = dns.rdatatype.to_text(question.kind)
        records = [record for record in zone.records_of(question.name) if record.type == kind]
        if not records:
            self._answer_negatively(zone, question.name, response)
            return
        record = self._choose(records)
        rrset = _rrset(question.name, record)
        with self._lock:
            self._cache[question] = _Cached(self._clock.now(), float(record.ttl or 0), rrset)
        response.answer.append(self._with_ttl(rrset))

    def _choose(self, records: list[RecordSet]) -> RecordSet:
        """Choose a healthy primary, or a healthy secondary, or primary "regardless of the health".

        A simple record is the only one of its name and type.
        https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
        """
        by_role = {record.failover: record for record in records}
        primary, secondary = by_role.get("PRIMARY"), by_role.get("SECONDARY")
        for record in (primary, secondary):
            if record is not None and self._is_healthy(record):
                return record
        return primary or records[0]

    def _is_healthy(self, record: RecordSet) -> bool:
        return not record.health_check_id or self._health.is_healthy(record.health_check_id)

    def _answer_negatively(
        self, zone: Zone, name: dns.name.Name, response: dns.message.Message
    ) -> None:
        """NODATA if the name exists, or NXDOMAIN; both with the zone's SOA (RFC 2308)."""
        if not zone.exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        for record in zone.records_of(zone.name):
            if record.type == "SOA":
                response.authority.append(self._with_ttl(_rrset(zone.name, record)))

    def _with_ttl(self, rrset: dns.rrset.RRset, age: float = 0.0) -> dns.rrset.RRset:
        """Return a copy whose TTL is scaled as every other wait is."""
        copy: dns.rrset.RRset = rrset.copy()  # type: ignore[no-untyped-call]  # dnspython leaves it untyped
        copy.ttl = int(self._clock.real_seconds(max(0.0, rrset.ttl - age)))
        return copy

    def _cached(self, question: _Question, *, is_frozen: bool) -> dns.rrset.RRset | None:
        with self._lock:
            cached = self._cache.get(question)
        if cached is None:
            return None
        age = self._clock.elapsed(cached.since)
        if age >= cached.ttl and not is_frozen:
            return None
        return self._with_ttl(cached.rrset, age)


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
