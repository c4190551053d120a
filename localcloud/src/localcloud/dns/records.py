"""ChangeResourceRecordSets: a batch is checked and applied as a whole, or not at all.

moto keeps the records but checks little, and deletes every record that shares a set identifier.
A message with an address is AWS's own, quoted there; the others are ours.
"""

from collections.abc import Callable, Sequence
from typing import Any

from moto.route53.models import RecordSet

from localcloud.dns.record_checks import Key, check_form, delete_errors, label, record_errors
from localcloud.gateway.errors import ApiError


def apply(
    zone_name: str,
    records: Sequence[RecordSet],
    changes: Sequence[dict[str, Any]],
    health_check_exists: Callable[[str], bool],
) -> list[RecordSet]:
    """Return the zone's records afterwards. Raises InvalidChangeBatch, InvalidInput …"""
    _check_limit(changes)
    after = {key_of(record): record for record in records}
    errors: list[str] = []
    touched: set[Key] = set()
    for change in changes:
        action, record_set = change["Action"], change["ResourceRecordSet"]
        key = _key(record_set)
        check_form(action, record_set, key)
        if action != "DELETE":
            if key in touched:
                # https://github.com/aws/aws-sdk-js-v3/issues/5626
                errors.append(
                    "The request contains an invalid set of changes for a resource record set "
                    f"'{key.type} {key.name}'"
                )
            touched.add(key)
            if (check := record_set.get("HealthCheckId")) and not health_check_exists(check):
                raise ApiError("NoSuchHealthCheck", f"No health check exists with the id {check}")
        errors += _change(action, record_set, key, zone_name, after)
    if errors:
        raise ApiError("InvalidChangeBatch", "[" + ", ".join(errors) + "]", 400)
    return list(after.values())


def _change(
    action: str, record_set: dict[str, Any], key: Key, zone_name: str, after: dict[Key, RecordSet]
) -> list[str]:
    if action == "DELETE":
        if errors := delete_errors(_record(record_set, key), key, zone_name, after):
            return errors
        del after[key]
        return []
    if action == "CREATE" and key in after:
        # https://github.com/barnybug/cli53/issues/286
        return [f"Tried to create resource record set {label(key)} but it already exists"]
    if errors := record_errors(record_set, key, zone_name, after):
        return errors
    after[key] = _record(record_set, key)
    return []


def _check_limit(changes: Sequence[dict[str, Any]]) -> None:
    """Refuse more than 1,000 values in a batch, where those of an UPSERT count twice.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
    """
    total = 0
    for change in changes:
        values = len(change["ResourceRecordSet"].get("ResourceRecords") or [])
        total += values * (2 if change["Action"] == "UPSERT" else 1)
    if total > 1000:
        raise ApiError("InvalidChangeBatch", "[Number of records limit of 1000 exceeded.]", 400)


def key_of(record: RecordSet) -> Key:
    return Key(normalize(record.name), str(record.type), record.set_identifier)


def _key(record_set: dict[str, Any]) -> Key:
    return Key(normalize(record_set["Name"]), record_set["Type"], record_set.get("SetIdentifier"))


def normalize(name: str) -> str:
    """Return a name as Route 53 stores it: lower case, final dot, ``*`` as ``\\052``."""
    return name.lower().rstrip(".").replace("*", "\\052") + "."


def _record(record_set: dict[str, Any], key: Key) -> RecordSet:
    values = [value["Value"] for value in record_set.get("ResourceRecords") or []]
    fields = {**record_set, "Name": key.name, "ResourceRecords": values}
    return RecordSet(fields)  # type: ignore[abstract]  # moto makes them so too
