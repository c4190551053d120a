"""Are a record's values well formed?"""

from __future__ import annotations

from typing import Any

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype


def check_values(asked: dict[str, Any]) -> list[str]:
    values = [value["Value"] for value in asked.get("ResourceRecords") or []]
    errors = [error for value in values if (error := _problem(asked["Type"], value))]
    if len(set(values)) < len(values):
        errors.append(f"Duplicate Resource Record: '{values[0]}'")
    if asked["Type"] == "CNAME" and len(values) > 1:
        errors.append("A CNAME record can have one value only")
    return errors


def _problem(kind: str, value: str) -> str | None:
    if kind in ("TXT", "SPF") and not (len(value) > 1 and value[0] == value[-1] == '"'):
        why = "InvalidCharacterString (Value should be enclosed in quotation marks)"
    else:
        try:
            dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), value)
        except dns.exception.DNSException as error:
            why = _why(kind, str(error))
        else:
            return None
    # seen: boto3 #1462
    return f"Invalid Resource Record: FATAL problem: {why} encountered with '{value}'"


def _why(kind: str, reason: str) -> str:
    if kind == "TXT":
        return "CharacterStringTooLong (Value is too long)"
    if kind == "A":
        return "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    if kind == "AAAA":
        return "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    return f"Invalid{kind}RDATA ({reason})"
