"""A bucket's lifecycle rules as S3's API has them, which nests what the template lists flat."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.resources.context import Properties, pick


def lifecycle(properties: Properties) -> Properties:
    return {"Rules": [_rule(rule) for rule in properties["Rules"]]}


def _rule(rule: Properties) -> Properties:
    days = rule.get("NoncurrentVersionExpirationInDays")
    parts: dict[str, Any] = {
        "Filter": _filter(rule),
        "Expiration": _present(
            Days=rule.get("ExpirationInDays"),
            Date=rule.get("ExpirationDate"),
            ExpiredObjectDeleteMarker=rule.get("ExpiredObjectDeleteMarker"),
        ),
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration")
        or _present(NoncurrentDays=days),
        "Transitions": [
            _present(
                StorageClass=item["StorageClass"],
                Days=item.get("TransitionInDays"),
                Date=item.get("TransitionDate"),
            )
            for item in _all(rule, "Transition")
        ],
        "NoncurrentVersionTransitions": [
            {
                **pick(item, "StorageClass", "NewerNoncurrentVersions"),
                "NoncurrentDays": item["TransitionInDays"],
            }
            for item in _all(rule, "NoncurrentVersionTransition")
        ],
    }
    return {
        **pick(rule, "Id", "Status", "AbortIncompleteMultipartUpload"),
        **{name: part for name, part in parts.items() if part},
    }


def _present(**members: Any) -> Properties:
    return {name: value for name, value in members.items() if value is not None}


def _all(rule: Properties, name: str) -> list[Properties]:
    """The items of a list property, and of the older property for a single one."""
    single = [rule[name]] if name in rule else []
    return [*rule.get(f"{name}s", []), *single]


def _filter(rule: Properties) -> Properties:
    parts = pick(rule, "Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    tags = rule.get("TagFilters", [])
    if len(parts) + len(tags) > 1:
        return {"And": {**parts, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}
