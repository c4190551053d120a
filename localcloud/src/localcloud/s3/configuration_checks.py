"""What S3 refuses in a bucket's configurations, beyond their schemas, and moto accepts.

Wordings: https://github.com/minio/minio (internal/bucket/lifecycle), and the issues beside them.
"""

import re
from collections.abc import Callable
from datetime import UTC
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.s3.put_checks import malformed
from localcloud.s3.store import Store, invalid_argument, invalid_request

_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+")
_METHODS = {"GET", "PUT", "HEAD", "POST", "DELETE"}
_MIN_TRANSITION = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
Params = dict[str, Any]


def check(call: Call, store: Store) -> None:
    """Raise the error of AWS for a wrong configuration."""
    if check_one := _CHECKS.get(call.name):
        check_one(call.params, store)


def _check_versioning(params: Params, _: Store) -> None:
    configuration = params["VersioningConfiguration"]
    if "Status" not in configuration:
        code = "IllegalVersioningConfigurationException"
        raise ApiError(code, "The Versioning element must be specified", 400)


def _check_encryption(params: Params, _: Store) -> None:
    rules = params["ServerSideEncryptionConfiguration"].get("Rules")
    if not rules:
        raise malformed()
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        if "KMSMasterKeyID" in default and default.get("SSEAlgorithm") == "AES256":
            raise invalid_argument(
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or"
                " aws:kms:dsse"
            )


def _check_cors(params: Params, _: Store) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html"""
    rules = params["CORSConfiguration"].get("CORSRules")
    if not rules or len(rules) > 100:
        raise malformed()
    for rule in rules:
        for method in rule["AllowedMethods"]:
            if method not in _METHODS:
                raise invalid_request(
                    "Found unsupported HTTP method in CORS config. Unsupported method is " + method
                )
        for member in ("AllowedOrigin", "AllowedHeader"):
            for value in rule.get(f"{member}s", ()):
                if value.count("*") > 1:
                    raise invalid_request(
                        f'{member} "{value}" can not have more than one wildcard.'
                    )
        for value in rule.get("ExposeHeaders", ()):
            if "*" in value:
                raise invalid_request(
                    f'ExposeHeader "{value}" contains wildcard. We currently do not support'
                    " wildcard for ExposeHeader."
                )


def _check_lifecycle(params: Params, _: Store) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"""
    rules = params.get("LifecycleConfiguration", {}).get("Rules")
    if not rules or len(rules) > 1000:
        raise malformed()
    ids = [rule["ID"] for rule in rules if rule.get("ID")]
    if len(set(ids)) < len(ids):
        raise invalid_argument("Rule ID must be unique. Found same ID for more than one rule")
    for rule in rules:
        _check_lifecycle_rule(rule)


_ACTIONS = (
    "Expiration", "Transitions", "NoncurrentVersionExpiration", "NoncurrentVersionTransitions",
    "AbortIncompleteMultipartUpload",
)  # fmt: skip


def _check_lifecycle_rule(rule: Params) -> None:
    if len(rule.get("ID", "")) > 255:
        raise invalid_argument("ID length should not exceed allowed limit of 255")
    if "Filter" not in rule and "Prefix" not in rule:
        raise malformed()
    if not any(rule.get(action) for action in _ACTIONS):
        raise invalid_request("At least one action needs to be specified in a rule")
    expiration = rule.get("Expiration", {})
    if len({"Days", "Date", "ExpiredObjectDeleteMarker"} & expiration.keys()) > 1:
        raise malformed()
    _require_positive(expiration, "Days", "Expiration")
    for transition in rule.get("Transitions", ()):
        _check_transition(transition, expiration, rule)
    for action in (expiration, *rule.get("Transitions", ())):
        date = action.get("Date")
        if date and date.astimezone(UTC).strftime("%H%M%S") != "000000":
            raise invalid_argument("'Date' must be at midnight GMT")
    _require_positive(
        rule.get("NoncurrentVersionExpiration", {}), "NoncurrentDays", "NoncurrentVersionExpiration"
    )
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        _require_positive(abort, "DaysAfterInitiation", "AbortIncompleteMultipartUpload")
        filters = rule.get("Filter", {})
        if "Tag" in filters or filters.get("And", {}).get("Tags"):
            raise invalid_request("AbortIncompleteMultipartUpload cannot be specified with Tags.")


def _check_transition(transition: Params, expiration: Params, rule: Params) -> None:
    days, storage_class = transition.get("Days"), transition.get("StorageClass")
    if days is None:
        return
    least = _MIN_TRANSITION.get(str(storage_class), 0)
    if days < least:
        raise invalid_argument(
            "'Days' in Transition action must be greater than or equal to "
            f"{least} for storageClass '{storage_class}'"
        )
    if "Days" in expiration and expiration["Days"] <= days:
        prefix = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", ""))
        raise invalid_argument(
            f"'Days' in the Expiration action for filter '(prefix={prefix})' must be greater than "
            "'Days' in the Transition action"
        )


def _require_positive(action: Params, member: str, name: str) -> None:
    if action.get(member, 1) < 1:
        raise invalid_argument(f"'{member}' for {name} action must be a positive integer")


def _check_replication(params: Params, _: Store) -> None:
    configuration = params["ReplicationConfiguration"]
    if not _ROLE_ARN.fullmatch(configuration["Role"]):
        raise invalid_argument("Invalid Role specified in replication configuration")
    for rule in configuration["Rules"]:
        if not _BUCKET_ARN.fullmatch(rule["Destination"]["Bucket"]):
            raise invalid_argument("Invalid bucket ARN.")


_CHECKS: dict[str, Callable[[Params, Store], None]] = {
    "PutBucketCors": _check_cors,
    "PutBucketEncryption": _check_encryption,
    "PutBucketLifecycleConfiguration": _check_lifecycle,
    "PutBucketReplication": _check_replication,
    "PutBucketVersioning": _check_versioning,
}
