"""ChangeResourceRecordSets: a batch is checked as a whole and then applied as a whole, or not at
all.

moto keeps the records but checks little, and deletes every record that shares a set identifier.
Messages are AWS's own where a public report quotes one (``# seen:``), else ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from moto.route53.models import RecordSet

from localcloud.dns.rdata import check_values
from localcloud.dns.record_checks import Key, check_form, delete_errors, label, place_errors
from localcloud.gateway.errors import ApiError


def apply(
    zone_name: str,
    records: Sequence[RecordSet],
    changes: Sequence[dict[str, Any]],
    health_check_exists: Callable[[str], bool],
) -> list[RecordSet]:
    """The zone's records after ``changes``. Raises InvalidChangeBatch, InvalidInput,
    NoSuchHealthCheck.
    """
    _limit(changes)
    after = {key_of(record): record for record in records}
    errors: list[str] = []
    touched: set[Key] = set()
    for change in changes:
        action, asked = change["Action"], change["ResourceRecordSet"]
        key = _key(asked)
        check_form(action, asked, key)
        if action != "DELETE":
            if key in touched:
                # seen: aws-sdk-js-v3 #5626
                errors.append(
                    "The request contains an invalid set of changes for a resource record set "
                    f"'{key.type} {key.name}'"
                )
            touched.add(key)
            if (check := asked.get("HealthCheckId")) and not health_check_exists(check):
                raise ApiError("NoSuchHealthCheck", f"No health check exists with the id {check}")
        errors += _change(action, asked, key, zone_name, after)
    if errors:
        raise ApiError("InvalidChangeBatch", "[" + ", ".join(errors) + "]", 400)
    return list(after.values())


def _change(
    action: str, asked: dict[str, Any], key: Key, zone_name: str, after: dict[Key, RecordSet]
) -> list[str]:
    if action == "DELETE":
        if errors := delete_errors(_record(asked, key), key, zone_name, after):
            return errors
        del after[key]
        return []
    if action == "CREATE" and key in after:
        # seen: cli53 #286
        return [f"Tried to create resource record set {label(key)} but it already exists"]
    if errors := place_errors(asked, key, zone_name, after) + check_values(asked):
        return errors
    after[key] = _record(asked, key)
    return []


def _limit(changes: Sequence[dict[str, Any]]) -> None:
    """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html: 1,000 values
    in a batch, those of an UPSERT twice.
    """
    total = 0
    for change in changes:
        values = len(change["ResourceRecordSet"].get("ResourceRecords") or [])
        total += values * (2 if change["Action"] == "UPSERT" else 1)
    if total > 1000:
        raise ApiError("InvalidChangeBatch", "[Number of records limit of 1000 exceeded.]", 400)


def key_of(record: RecordSet) -> Key:
    return Key(full(record.name), str(record.type), record.set_identifier)


def _key(asked: dict[str, Any]) -> Key:
    return Key(full(asked["Name"]), asked["Type"], asked.get("SetIdentifier"))


def full(name: str) -> str:
    """Route 53 keeps names in lower case and with the final dot; ``*`` becomes ``\\052``."""
    return name.lower().rstrip(".").replace("*", "\\052") + "."


def _record(asked: dict[str, Any], key: Key) -> RecordSet:
    values = [value["Value"] for value in asked.get("ResourceRecords") or []]
    described = {**asked, "Name": key.name, "ResourceRecords": values}
    return RecordSet(described)  # type: ignore[abstract]  # moto makes them so too
