"""The checks of Route 53 on names and on changes of records. Messages: see records.py.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
"""

import re
from functools import partial
from typing import Any, NamedTuple

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from moto.route53.models import RecordSet

from localcloud.gateway.errors import ApiError, not_emulated

_invalid_input = partial(ApiError, "InvalidInput", status=400)

# Alias records, and routing policies other than failover.
_NOT_EMULATED = (
    "AliasTarget", "CidrRoutingConfig", "GeoLocation", "GeoProximityLocation", "MultiValueAnswer",
    "Region", "TrafficPolicyInstanceId", "Weight",
)  # fmt: skip
# Those of every zone's own records, and those that can be made here.
_TYPES = {"A", "AAAA", "NS", "SOA", "TXT"}
# Printable characters, or any by its octal code. An asterisk is kept as ``\\052``.
_LABEL = re.compile(r"(?:\\[0-7]{3}|[!-\[\]-~])*")
_CODE = re.compile(r"\\[0-7]{3}")


class Key(NamedTuple):
    name: str
    type: str
    set_identifier: str | None


def check_form(action: str, record_set: dict[str, Any], key: Key) -> None:
    """Raise the InvalidInput that AWS raises before it looks at the zone."""
    place = (
        f"in Change with [Action={action}, Name={key.name}, Type={key.type}, "
        f"SetIdentifier={key.set_identifier or 'null'}]"
    )
    if other := [name for name in _NOT_EMULATED if record_set.get(name) is not None]:
        raise not_emulated(f"{other[0]} in a record")
    if key.type not in _TYPES:
        raise not_emulated(f"records of the type {key.type}")
    if "\\052" in key.name:
        raise not_emulated(f"names with an asterisk in a record ({key.name})")
    if "TTL" not in record_set or not record_set.get("ResourceRecords"):
        raise _invalid_input(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
            f"ResourceRecords], or TrafficPolicyInstanceId], but found none {place}"
        )
    if "Failover" in record_set and key.set_identifier is None:
        raise _invalid_input(f"Invalid request: Missing field 'SetIdentifier' {place}")
    if "Failover" not in record_set and key.set_identifier is not None:
        raise _invalid_input(
            "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, or "
            f"MultiValueAnswer], but found none {place}"
        )


def record_errors(
    record_set: dict[str, Any], key: Key, zone_name: str, after: dict[Key, RecordSet]
) -> list[str]:
    """Return why this record cannot stand in the zone beside the others; its values, too."""
    if problem := problem_of(record_set["Name"]):
        return [f"FATAL problem: {problem}"]
    errors = []
    if key.name != zone_name and not key.name.endswith("." + zone_name):
        # https://github.com/getmoto/moto/issues/916
        errors.append(f"RRSet with DNS name {key.name} is not permitted in zone {zone_name}")
    if record_set.get("Failover") == "PRIMARY" and not record_set.get("HealthCheckId"):
        # https://github.com/kubernetes-sigs/external-dns/issues/2362
        errors.append(
            "A non-alias primary ResourceRecordSet must have an associated health check. "
            "No changes made."
        )
    others = [
        record
        for other, record in after.items()
        if other != key and (other.name, other.type) == (key.name, key.type)
    ]
    errors += _group_errors(record_set, key, others)
    return errors + _value_errors(record_set)


def _group_errors(record_set: dict[str, Any], key: Key, group: list[RecordSet]) -> list[str]:
    """Records of one name and type are failover records, one of each role."""
    start = (
        f"RRSet with DNS name {key.name}, type {key.type}, SetIdentifier "
        f"{key.set_identifier or 'null'} cannot be created"
    )
    if group and (key.set_identifier is None or group[0].set_identifier is None):
        return [f"{start} as other RRSets exist with the same name and type."]
    role = record_set.get("Failover")
    if any(other.failover == role for other in group):
        return [f"{start} because a {role} rrset exists with the same name and type."]
    return []


def delete_errors(
    record: RecordSet, key: Key, zone_name: str, after: dict[Key, RecordSet]
) -> list[str]:
    if key.name == zone_name and key.type == "SOA":
        return ["A HostedZone must contain exactly one SOA record."]
    if key.name == zone_name and key.type == "NS":
        return ["A HostedZone must contain at least one NS record for the zone itself."]
    if key not in after:
        return [f"Tried to delete resource record set {label(key)} but it was not found"]
    if _comparable(record) != _comparable(after[key]):
        return [
            f"Tried to delete resource record set {label(key)} but the values provided do not "
            "match the current values"
        ]
    return []


def _comparable(record: RecordSet) -> tuple[Any, ...]:
    return (
        None if record.ttl is None else int(record.ttl),
        sorted(map(str, record.records)),
        record.health_check_id,
        record.failover,
    )


def label(key: Key) -> str:
    identifier = f", set identifier='{key.set_identifier}'" if key.set_identifier else ""
    return f"[name='{key.name}', type='{key.type}'{identifier}]"


def _value_errors(record: dict[str, Any]) -> list[str]:
    values = [value["Value"] for value in record.get("ResourceRecords") or []]
    errors = [error for value in values if (error := _value_error(record["Type"], value))]
    if len(set(values)) < len(values):
        errors.append(f"Duplicate Resource Record: '{values[0]}'")
    return errors


def _value_error(kind: str, value: str) -> str | None:
    if kind == "TXT" and not (len(value) > 1 and value[0] == value[-1] == '"'):
        problem = "InvalidCharacterString (Value should be enclosed in quotation marks)"
    else:
        try:
            dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), value)
        except dns.exception.DNSException as error:
            problem = _problem(kind, str(error))
        else:
            return None
    # https://github.com/boto/boto3/issues/1462
    return f"Invalid Resource Record: FATAL problem: {problem} encountered with '{value}'"


def _problem(kind: str, reason: str) -> str:
    if kind == "TXT":
        return "CharacterStringTooLong (Value is too long)"
    if kind == "A":
        return "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    if kind == "AAAA":
        return "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    return f"Invalid{kind}RDATA ({reason})"


def problem_of(name: str) -> str | None:
    """Return why AWS refuses a name, in its words; None if it is a domain name."""
    labels = name.removesuffix(".").split(".")
    sizes = [len(_CODE.sub("x", label)) for label in labels]
    if not all(_LABEL.fullmatch(label) for label in labels):
        problem = "UnsupportedCharacter (Value contains unsupported characters)"
    elif not all(sizes):
        problem = "DomainLabelEmpty (Domain label is empty)"
    elif max(sizes) > 63:
        problem = "DomainLabelTooLong (Domain label is too long)"
    elif sum(sizes) + len(sizes) > 255:
        problem = "DomainNameTooLong (Domain name is too long)"
    else:
        return None
    return f"{problem} encountered with '{name}'"
