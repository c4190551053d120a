"""What S3 refuses in a bucket's configurations, beyond their schemas, and moto accepts.

Wordings: https://github.com/minio/minio (internal/bucket/lifecycle), and the issues beside them.
"""

import re
from collections.abc import Callable
from datetime import UTC
from typing import Any

from localcloud.gateway.errors import MALFORMED_XML, not_emulated, require
from localcloud.gateway.identify import Call
from localcloud.s3.put_checks import INVALID_ARGUMENT

_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+")
_ACTIONS = ("Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
_TRANSITIONS = ("Transitions", "NoncurrentVersionTransitions")
# The members that must be positive, by action.
_POSITIVE = {
    "Expiration": "Days",
    "NoncurrentVersionExpiration": "NoncurrentDays",
    "AbortIncompleteMultipartUpload": "DaysAfterInitiation",
}
Params = dict[str, Any]


def check(call: Call) -> None:
    """Raise the error of AWS for a wrong configuration."""
    if check_one := _CHECKS.get(call.name):
        check_one(call.params)


def _check_versioning(params: Params) -> None:
    code = "IllegalVersioningConfigurationException"
    has_status = "Status" in params["VersioningConfiguration"]
    require(has_status, code, "The Versioning element must be specified")


def _check_encryption(params: Params) -> None:
    rules = params["ServerSideEncryptionConfiguration"].get("Rules")
    require(rules, *MALFORMED_XML)
    message = (
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
        "aws:kms:dsse"
    )
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        is_kms = default.get("SSEAlgorithm") != "AES256"
        require(is_kms or "KMSMasterKeyID" not in default, INVALID_ARGUMENT, message)


def _check_lifecycle(params: Params) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"""
    rules = params.get("LifecycleConfiguration", {}).get("Rules") or []
    require(1 <= len(rules) <= 1000, *MALFORMED_XML)
    ids = [rule["ID"] for rule in rules if rule.get("ID")]
    message = "Rule ID must be unique. Found same ID for more than one rule"
    require(len(set(ids)) == len(ids), INVALID_ARGUMENT, message)
    for rule in rules:
        _check_lifecycle_rule(rule)


def _check_lifecycle_rule(rule: Params) -> None:
    message = "ID length should not exceed allowed limit of 255"
    require(len(rule.get("ID", "")) <= 255, INVALID_ARGUMENT, message)
    require("Filter" in rule or "Prefix" in rule, *MALFORMED_XML)
    if any(rule.get(name) for name in _TRANSITIONS):
        raise not_emulated("transitions of lifecycle rules")
    has_action = any(rule.get(action) for action in _ACTIONS)
    require(has_action, "InvalidRequest", "At least one action needs to be specified in a rule")
    expiration = rule.get("Expiration", {})
    kinds = {"Days", "Date", "ExpiredObjectDeleteMarker"} & expiration.keys()
    require(len(kinds) < 2, *MALFORMED_XML)
    for action, member in _POSITIVE.items():
        message = f"'{member}' for {action} action must be a positive integer"
        require(rule.get(action, {}).get(member, 1) >= 1, INVALID_ARGUMENT, message)
    date = expiration.get("Date")
    is_midnight = not date or date.astimezone(UTC).strftime("%H%M%S") == "000000"
    require(is_midnight, INVALID_ARGUMENT, "'Date' must be at midnight GMT")
    filters = rule.get("Filter", {})
    has_tags = "Tag" in filters or filters.get("And", {}).get("Tags")
    message = "AbortIncompleteMultipartUpload cannot be specified with Tags."
    is_abort = rule.get("AbortIncompleteMultipartUpload")
    require(not (is_abort and has_tags), "InvalidRequest", message)


def _check_replication(params: Params) -> None:
    configuration = params["ReplicationConfiguration"]
    message = "Invalid Role specified in replication configuration"
    require(_ROLE_ARN.fullmatch(configuration["Role"]), INVALID_ARGUMENT, message)
    for rule in configuration["Rules"]:
        is_arn = _BUCKET_ARN.fullmatch(rule["Destination"]["Bucket"])
        require(is_arn, INVALID_ARGUMENT, "Invalid bucket ARN.")


_CHECKS: dict[str, Callable[[Params], None]] = {
    "PutBucketEncryption": _check_encryption,
    "PutBucketLifecycleConfiguration": _check_lifecycle,
    "PutBucketReplication": _check_replication,
    "PutBucketVersioning": _check_versioning,
}
