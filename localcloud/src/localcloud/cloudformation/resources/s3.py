"""Amazon S3: buckets and their policies."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.resources.api_calls import Calls, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick


class Bucket(ApiResource):
    def generate_name(self, context: ResourceContext) -> str:
        return context.generate_name(63, lower=True)

    def api_properties(self, context: ResourceContext) -> Properties:
        properties = {**context.properties}
        if context.region != "us-east-1":
            properties["CreateBucketConfiguration"] = {"LocationConstraint": context.region}
        if "LifecycleConfiguration" in properties:
            properties["LifecycleConfiguration"] = _lifecycle(properties["LifecycleConfiguration"])
        if "NotificationConfiguration" in properties:
            notification = {**properties["NotificationConfiguration"]}
            bridge = notification.pop("EventBridgeConfiguration", {})
            if bridge.get("EventBridgeEnabled", False):
                notification["EventBridgeConfiguration"] = {}
            properties["NotificationConfiguration"] = notification
        return properties


def _lifecycle(properties: Properties) -> Properties:
    """Lifecycle rules as the API has them, which nests what a template lists flat."""
    return {"Rules": [_lifecycle_rule(rule) for rule in properties["Rules"]]}


def _lifecycle_rule(rule: Properties) -> Properties:
    days = rule.get("NoncurrentVersionExpirationInDays")
    parts: dict[str, Any] = {
        "Filter": _lifecycle_filter(rule),
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


def _lifecycle_filter(rule: Properties) -> Properties:
    parts = pick(rule, "Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    tags = rule.get("TagFilters", [])
    if len(parts) + len(tags) > 1:
        return {"And": {**parts, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else parts or {"Prefix": ""}


PROVIDERS = (
    Bucket(
        type="AWS::S3::Bucket",
        supported=names(
            "BucketEncryption BucketName LifecycleConfiguration NotificationConfiguration "
            "OwnershipControls PublicAccessBlockConfiguration ReplicationConfiguration Tags "
            "VersioningConfiguration"
        ),
        calls=Calls("create_bucket", "delete_bucket", lookup="head_bucket"),
        missing="NoSuchBucket",
        unique_name="BucketName",
        renamed={
            "BucketName": "Bucket",
            "BucketEncryption": "ServerSideEncryptionConfiguration",
            "ServerSideEncryptionConfiguration": "Rules",
            "ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault",
            "Tags": "Tagging",
            # Of replication
            "TagFilter": "Tag",
            "TagFilters": "Tags",
            # Of notifications
            "LambdaConfigurations": "LambdaFunctionConfigurations",
            "Function": "LambdaFunctionArn",
            "Queue": "QueueArn",
            "Topic": "TopicArn",
            "Event": "Events",
            "S3Key": "Key",
            "Rules": "FilterRules",
        },
        # In this order: replication needs versioning.
        updates=(
            Update(
                "put_bucket_versioning",
                defaults={"VersioningConfiguration": {"Status": "Suspended"}},
            ),
            Update("put_bucket_ownership_controls", remove="delete_bucket_ownership_controls"),
            Update("put_public_access_block", remove="delete_public_access_block"),
            Update("put_bucket_encryption", remove="delete_bucket_encryption"),
            Update("put_bucket_lifecycle_configuration", remove="delete_bucket_lifecycle"),
            Update("put_bucket_replication", remove="delete_bucket_replication"),
            Update(
                "put_bucket_notification_configuration", defaults={"NotificationConfiguration": {}}
            ),
            Update("put_bucket_tagging", remove="delete_bucket_tagging"),
        ),
        attributes={
            "Arn": "arn:aws:s3:::{id}",
            "DomainName": "{id}.s3.amazonaws.com",
            "DualStackDomainName": "{id}.s3.dualstack.{region}.amazonaws.com",
            "RegionalDomainName": "{id}.s3.{region}.amazonaws.com",
            "WebsiteURL": "http://{id}.s3-website-{region}.amazonaws.com",
        },
    ),
    ApiResource(
        type="AWS::S3::BucketPolicy",
        supported=names("Bucket PolicyDocument"),
        calls=Calls("put_bucket_policy", "delete_bucket_policy", lookup="get_bucket_policy"),
        missing="NoSuchBucket NoSuchBucketPolicy",
        named_by="Bucket",
        renamed={"PolicyDocument": "Policy"},
        updates=(Update("put_bucket_policy"),),
    ),
)
