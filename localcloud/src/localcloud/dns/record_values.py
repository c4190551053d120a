"""Checks of a record's values."""

from __future__ import annotations

from typing import Any

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype


def value_errors(record: dict[str, Any]) -> list[str]:
    values = [value["Value"] for value in record.get("ResourceRecords") or []]
    errors = [error for value in values if (error := _error(record["Type"], value))]
    if len(set(values)) < len(values):
        errors.append(f"Duplicate Resource Record: '{values[0]}'")
    if record["Type"] == "CNAME" and len(values) > 1:
        errors.append("A CNAME record can have one value only")
    return errors


def _error(kind: str, value: str) -> str | None:
    if kind in ("TXT", "SPF") and not (len(value) > 1 and value[0] == value[-1] == '"'):
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
