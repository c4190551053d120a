"""A bucket's replication configuration: its checks, and which rules cover an object."""

import secrets
from dataclasses import dataclass
from typing import Any

from localcloud.gateway.errors import not_emulated, require

_INVALID = "InvalidRequest"
_MUST_BE_SPECIFIED = (
    " must be specified for this version of Cross Region Replication configuration schema."
    " Please refer to S3 Developer Guide for more information."
)


@dataclass(frozen=True)
class ReplicationRule:
    """Objects with this prefix go to ``destination``."""

    id: str
    destination: str
    priority: int
    prefix: str
    delete_markers: bool
    storage_class: str | None = None
    metrics: bool = False
    time_control: bool = False


def matching(rules: list[ReplicationRule], key: str) -> list[ReplicationRule]:
    """Return the matching rule of the highest priority for each destination."""
    best: dict[str, ReplicationRule] = {}
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if key.startswith(rule.prefix):
            best[rule.destination] = rule
    return list(best.values())


def with_ids(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration with an ID for each rule that has none, as S3 adds them."""
    rules = [
        {**rule, "ID": rule.get("ID") or secrets.token_urlsafe(24)}
        for rule in _rules(configuration)
    ]
    return {**configuration, "Rules": rules}


def rules_of(configuration: dict[str, Any]) -> list[ReplicationRule]:
    """Return the enabled rules. Raises the error of AWS for a wrong one.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
    """
    rules = _rules(configuration)
    ids, priorities = ({rule.get(name) for rule in rules} for name in ("ID", "Priority"))
    require(len(ids) == len(rules), _INVALID, "Rule Id must be unique")
    message = "Found duplicate priority. Priority must be unique for each rule."
    require(len(priorities) == len(rules), _INVALID, message)
    for rule in rules:
        _check(rule)
    return [_rule(rule) for rule in rules if rule["Status"] == "Enabled"]


def _rules(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = configuration["Rules"]
    message = "A replication configuration has 1 to 1000 rules."
    require(1 <= len(rules) <= 1000, "MalformedXML", message)
    return rules


def _check(rule: dict[str, Any]) -> None:
    if "Filter" not in rule:
        raise not_emulated("S3 replication rules without Filter (schema version 1)")
    for name in ("DeleteMarkerReplication", "Priority"):
        require(name in rule, _INVALID, name + _MUST_BE_SPECIFIED)
    if rule["Filter"].keys() & {"And", "Tag"}:
        raise not_emulated("S3 replication rules that filter by tags")
    if rule.get("ExistingObjectReplication", {}).get("Status") == "Enabled":
        raise not_emulated("S3 ExistingObjectReplication")
    for name, criterion in rule.get("SourceSelectionCriteria", {}).items():
        if criterion.get("Status") == "Enabled":
            raise not_emulated(f"S3 replication with {name}")
    _check_destination(rule["Destination"])


def _check_destination(destination: dict[str, Any]) -> None:
    for name in ("Account", "AccessControlTranslation", "EncryptionConfiguration"):
        if name in destination:
            raise not_emulated(f"S3 replication with Destination.{name}")
    time, metrics = destination.get("ReplicationTime", {}), destination.get("Metrics", {})
    if time.get("Status") == "Enabled":
        minutes = time.get("Time", {}).get("Minutes")
        require(minutes == 15, _INVALID, "ReplicationTime must be 15 minutes")
        has_metrics = metrics.get("Status") == "Enabled"
        require(has_metrics, _INVALID, "ReplicationTime needs Metrics to be enabled")
    minutes = metrics.get("EventThreshold", {}).get("Minutes", 15)
    require(minutes == 15, _INVALID, "EventThreshold must be 15 minutes")


def _rule(rule: dict[str, Any]) -> ReplicationRule:
    return ReplicationRule(
        id=rule.get("ID", ""),
        destination=rule["Destination"]["Bucket"].removeprefix("arn:aws:s3:::"),
        priority=rule["Priority"],
        prefix=rule["Filter"].get("Prefix") or "",
        delete_markers=rule["DeleteMarkerReplication"]["Status"] == "Enabled",
        storage_class=rule["Destination"].get("StorageClass"),
        metrics=rule["Destination"].get("Metrics", {}).get("Status") == "Enabled",
        time_control=rule["Destination"].get("ReplicationTime", {}).get("Status") == "Enabled",
    )
