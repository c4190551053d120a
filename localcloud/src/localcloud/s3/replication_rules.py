"""A bucket's replication configuration: its checks, and which rules cover an object."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.s3.store import invalid_request

_MUST_BE_SPECIFIED = (
    " must be specified for this version of Cross Region Replication configuration schema."
    " Please refer to S3 Developer Guide for more information."
)


@dataclass(frozen=True)
class ReplicationRule:
    """Objects with this prefix and these tags go to ``destination``."""

    id: str
    destination: str
    priority: int
    prefix: str
    delete_markers: bool
    storage_class: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    metrics: bool = False

    def matches(self, key: str, tags: dict[str, str]) -> bool:
        return key.startswith(self.prefix) and self.tags.items() <= tags.items()


def matching(rules: list[ReplicationRule], key: str, tags: dict[str, str]) -> list[ReplicationRule]:
    """Return the matching rule of the highest priority for each destination."""
    best: dict[str, ReplicationRule] = {}
    for rule in sorted(rules, key=lambda rule: rule.priority):
        if rule.matches(key, tags):
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
    if len({rule.get("ID") for rule in rules}) < len(rules):
        raise invalid_request("Rule Id must be unique")
    if len({rule.get("Priority") for rule in rules}) < len(rules):
        raise invalid_request("Found duplicate priority. Priority must be unique for each rule.")
    for rule in rules:
        _check(rule)
    return [_rule(rule) for rule in rules if rule["Status"] == "Enabled"]


def _rules(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = configuration["Rules"]
    if not 1 <= len(rules) <= 1000:
        raise ApiError("MalformedXML", "A replication configuration has 1 to 1000 rules.", 400)
    return rules


def _check(rule: dict[str, Any]) -> None:
    if "Filter" not in rule:
        raise not_emulated("S3 replication rules without Filter (schema version 1)")
    if "DeleteMarkerReplication" not in rule:
        raise invalid_request("DeleteMarkerReplication" + _MUST_BE_SPECIFIED)
    if "Priority" not in rule:
        raise invalid_request("Priority" + _MUST_BE_SPECIFIED)
    if rule["DeleteMarkerReplication"].get("Status") == "Enabled" and _tags(rule["Filter"]):
        raise invalid_request(
            "Delete marker replication is not supported if any Tag filter is specified."
            " Please refer to S3 Developer Guide for more information."
        )
    _check_criteria(rule)
    _check_destination(rule["Destination"])


def _check_criteria(rule: dict[str, Any]) -> None:
    if rule.get("ExistingObjectReplication", {}).get("Status") == "Enabled":
        raise not_emulated("S3 ExistingObjectReplication")
    for name, criterion in rule.get("SourceSelectionCriteria", {}).items():
        if criterion.get("Status") == "Enabled":
            raise not_emulated(f"S3 replication with {name}")


def _check_destination(destination: dict[str, Any]) -> None:
    for name in ("Account", "AccessControlTranslation", "EncryptionConfiguration"):
        if name in destination:
            raise not_emulated(f"S3 replication with Destination.{name}")
    time, metrics = destination.get("ReplicationTime"), destination.get("Metrics")
    if time and time.get("Status") == "Enabled":
        if time.get("Time", {}).get("Minutes") != 15:
            raise invalid_request("ReplicationTime must be 15 minutes")
        if not metrics or metrics.get("Status") != "Enabled":
            raise invalid_request("ReplicationTime needs Metrics to be enabled")
    if metrics and metrics.get("EventThreshold", {}).get("Minutes", 15) != 15:
        raise invalid_request("EventThreshold must be 15 minutes")


def _rule(rule: dict[str, Any]) -> ReplicationRule:
    filters = rule["Filter"]
    return ReplicationRule(
        id=rule.get("ID", ""),
        destination=rule["Destination"]["Bucket"].removeprefix("arn:aws:s3:::"),
        priority=rule["Priority"],
        prefix=filters.get("Prefix") or filters.get("And", {}).get("Prefix") or "",
        delete_markers=rule["DeleteMarkerReplication"]["Status"] == "Enabled",
        storage_class=rule["Destination"].get("StorageClass"),
        tags=_tags(filters),
        metrics=rule["Destination"].get("Metrics", {}).get("Status") == "Enabled",
    )


def _tags(filters: dict[str, Any]) -> dict[str, str]:
    tags = [filters["Tag"]] if "Tag" in filters else filters.get("And", {}).get("Tags", [])
    return {tag["Key"]: tag["Value"] for tag in tags}
