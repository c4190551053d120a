"""A bucket's notification configuration: its checks, and which events an entry matches."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self

from localcloud.gateway.errors import not_emulated
from localcloud.s3.store import invalid_argument

EVENTS = {
    "ObjectCreated:Put",
    "ObjectCreated:Post",
    "ObjectCreated:Copy",
    "ObjectCreated:CompleteMultipartUpload",
    "ObjectRemoved:Delete",
    "ObjectRemoved:DeleteMarkerCreated",
}
_GROUPS = {"ObjectCreated:*": "ObjectCreated:", "ObjectRemoved:*": "ObjectRemoved:"}
_SHARED_EVENT = (
    "Configurations overlap. Configurations on the same bucket cannot share a common event type."
)
_AMBIGUOUS = (
    "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules"
    " if the prefixes are overlapping for the same event type."
)
_FUNCTIONS = "LambdaFunctionConfigurations"
# To EventBridge, SQS and SNS.
_NOT_EMULATED = ("EventBridgeConfiguration", "QueueConfigurations", "TopicConfigurations")


@dataclass(frozen=True)
class Rule:
    """One entry: these events, of keys with this prefix and suffix, go to this function."""

    id: str
    function: str
    events: frozenset[str]
    prefix: str
    suffix: str

    def matches(self, event: str, key: str) -> bool:
        matches_key = key.startswith(self.prefix) and key.endswith(self.suffix)
        return matches_key and event in self.events

    def overlaps(self, other: Self) -> bool:
        return (
            bool(self.events & other.events)
            and (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
        )


def with_ids(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration with an Id for each entry that has none, as S3 adds them."""
    for kind in _NOT_EMULATED:
        if kind in configuration:
            raise not_emulated(f"the {kind} of S3 notifications")
    return {
        kind: [{**entry, "Id": entry.get("Id") or secrets.token_urlsafe(24)} for entry in entries]
        for kind, entries in configuration.items()
    }


def rules_of(configuration: dict[str, Any], bucket_region: str) -> list[Rule]:
    """Return the entries of a configuration. Raises the error of AWS for a wrong one."""
    rules = list(_rules(configuration))
    for rule in rules:
        _check_function(rule.function, bucket_region)
    for first, second in combinations(rules, 2):
        if first.id == second.id:
            raise invalid_argument("Same ID used for multiple configurations. IDs must be unique")
        if first.overlaps(second):
            is_filtered = first.prefix or first.suffix or second.prefix or second.suffix
            raise invalid_argument(_AMBIGUOUS if is_filtered else _SHARED_EVENT)
    return rules


def _rules(configuration: dict[str, Any]) -> Iterator[Rule]:
    for entry in configuration.get(_FUNCTIONS, []):
        filters = _filters(entry.get("Filter", {}).get("Key", {}).get("FilterRules", []))
        events = frozenset(name for event in entry["Events"] for name in _event_names(event))
        prefix, suffix = filters.get("prefix", ""), filters.get("suffix", "")
        yield Rule(entry["Id"], entry["LambdaFunctionArn"], events, prefix, suffix)


def _filters(rules: list[dict[str, str]]) -> dict[str, str]:
    filters: dict[str, str] = {}
    for rule in rules:
        name = rule["Name"].lower()
        if name not in ("prefix", "suffix"):
            raise invalid_argument("filter rule name must be either prefix or suffix")
        if name in filters:
            raise invalid_argument(f"Cannot specify more than one {name} rule in a filter.")
        filters[name] = rule.get("Value", "")
    return filters


def _event_names(event: str) -> set[str]:
    name = event.removeprefix("s3:")
    if name in _GROUPS:
        return {event for event in EVENTS if event.startswith(_GROUPS[name])}
    if name not in EVENTS:
        raise not_emulated(f"the S3 event {event}")
    return {name}


def _check_function(arn: str, bucket_region: str) -> None:
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "lambda":
        raise invalid_argument("The ARN could not be parsed")
    if parts[3] != bucket_region:
        raise invalid_argument(
            "The notification destination service region is not valid"
            " for the bucket location constraint"
        )
