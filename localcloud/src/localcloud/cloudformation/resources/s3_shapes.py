"""A bucket's properties as S3's API words them."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.resources.provider import Props, given


def lifecycle(props: Props) -> Props:
    return {"Rules": [_lifecycle_rule(rule) for rule in props["Rules"]]}


def _lifecycle_rule(rule: Props) -> Props:
    made: Props = given(rule, "Status", "AbortIncompleteMultipartUpload")
    made |= {"ID": rule["Id"]} if "Id" in rule else {}
    made["Filter"] = _lifecycle_filter(rule)
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    if any(value is not None for value in expiration.values()):
        made["Expiration"] = {k: v for k, v in expiration.items() if v is not None}
    if "NoncurrentVersionExpirationInDays" in rule:
        days = rule["NoncurrentVersionExpirationInDays"]
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    made |= given(rule, "NoncurrentVersionExpiration")
    transitions = [*rule.get("Transitions", []), *_single(rule, "Transition")]
    if transitions:
        made["Transitions"] = [_transition(item, "Days", "Date") for item in transitions]
    noncurrent = [
        *rule.get("NoncurrentVersionTransitions", []),
        *_single(rule, "NoncurrentVersionTransition"),
    ]
    if noncurrent:
        made["NoncurrentVersionTransitions"] = [
            {
                **given(item, "StorageClass", "NewerNoncurrentVersions"),
                "NoncurrentDays": item["TransitionInDays"],
            }
            for item in noncurrent
        ]
    return made


def _single(rule: Props, name: str) -> list[Props]:
    return [rule[name]] if name in rule else []


def _transition(item: Props, days: str, date: str) -> Props:
    made = given(item, "StorageClass")
    made |= {days: item["TransitionInDays"]} if "TransitionInDays" in item else {}
    return made | ({date: item["TransitionDate"]} if "TransitionDate" in item else {})


def _lifecycle_filter(rule: Props) -> Props:
    parts: Props = given(rule, "Prefix")
    for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        parts |= {name: int(rule[name])} if name in rule else {}
    tags = rule.get("TagFilters", [])
    if len(parts) + len(tags) > 1:
        return {"And": parts | ({"Tags": tags} if tags else {})}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}


def replication(props: Props) -> Props:
    return {"Role": props["Role"], "Rules": [_replication_rule(rule) for rule in props["Rules"]]}


def _replication_rule(rule: Props) -> Props:
    made = {key: value for key, value in rule.items() if key not in ("Id", "Filter")}
    made |= {"ID": rule["Id"]} if "Id" in rule else {}
    if "Filter" in rule:
        made["Filter"] = _replication_filter(rule["Filter"])
    return made


def _replication_filter(props: Props) -> Props:
    made = given(props, "Prefix")
    made |= {"Tag": props["TagFilter"]} if "TagFilter" in props else {}
    if "And" in props:
        both = props["And"]
        made["And"] = {**given(both, "Prefix"), "Tags": both.get("TagFilters", [])}
    return made


# Property → (member of the API, name of the target in the property, in the API)
_TARGETS = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
    "QueueConfigurations": ("QueueConfigurations", "Queue", "QueueArn"),
    "TopicConfigurations": ("TopicConfigurations", "Topic", "TopicArn"),
}


def notification(props: Props) -> Props:
    made: Props = {}
    for name, (member, target, api_target) in _TARGETS.items():
        if props.get(name):
            made[member] = [_configuration(item, target, api_target) for item in props[name]]
    if props.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", False):
        made["EventBridgeConfiguration"] = {}
    return made


def _configuration(item: Props, target: str, api_target: str) -> Props:
    made: Props = {api_target: item[target], "Events": [item["Event"]]}
    if "Filter" in item:
        made["Filter"] = {"Key": {"FilterRules": item["Filter"]["S3Key"]["Rules"]}}
    return made


def encryption(props: Props) -> Props:
    """``ServerSideEncryptionByDefault`` is ApplyServerSideEncryptionByDefault in the API."""
    rules: list[Any] = []
    for rule in props["ServerSideEncryptionConfiguration"]:
        made = given(rule, "BucketKeyEnabled")
        if "ServerSideEncryptionByDefault" in rule:
            made["ApplyServerSideEncryptionByDefault"] = rule["ServerSideEncryptionByDefault"]
        rules.append(made)
    return {"Rules": rules}
