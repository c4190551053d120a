"""Amazon S3: buckets and their policies."""

from localcloud.cloudformation.resources.api_calls import Calls, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names, pick
from localcloud.gateway.errors import not_emulated

_FILTER = names("ObjectSizeGreaterThan ObjectSizeLessThan Prefix TagFilters")
_RULE = names("AbortIncompleteMultipartUpload Id NoncurrentVersionExpiration Status")
_EXPIRATION = {
    "ExpirationDate": "Date",
    "ExpirationInDays": "Days",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}


class Bucket(ApiResource):
    def generate_name(self, context: ResourceContext) -> str:
        return context.generate_name(63, lower=True)

    def api_properties(self, context: ResourceContext) -> Properties:
        properties = {**context.properties}
        if context.region != "us-east-1":
            properties["CreateBucketConfiguration"] = {"LocationConstraint": context.region}
        if "LifecycleConfiguration" in properties:
            rules = properties["LifecycleConfiguration"]["Rules"]
            properties["LifecycleConfiguration"] = {"Rules": [*map(_lifecycle_rule, rules)]}
        if "NotificationConfiguration" in properties:
            notification = {**properties["NotificationConfiguration"]}
            bridge = notification.pop("EventBridgeConfiguration", {})
            if bridge.get("EventBridgeEnabled", False):
                notification["EventBridgeConfiguration"] = {}
            properties["NotificationConfiguration"] = notification
        return properties


def _lifecycle_rule(rule: Properties) -> Properties:
    """A lifecycle rule as the API has it, which nests what a template lists flat."""
    if unsupported := sorted(rule.keys() - _FILTER - _RULE - _EXPIRATION.keys()):
        raise not_emulated(f"{unsupported[0]} of a lifecycle rule")
    expiration = {member: rule[name] for name, member in _EXPIRATION.items() if name in rule}
    return {
        **pick(rule, *_RULE),
        "Filter": _lifecycle_filter(rule),
        **({"Expiration": expiration} if expiration else {}),
    }


def _lifecycle_filter(rule: Properties) -> Properties:
    parts, tags = pick(rule, *_FILTER), rule.get("TagFilters", [])
    parts.pop("TagFilters", None)
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
