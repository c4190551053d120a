"""Amazon S3: buckets and their policies."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_resource import ApiResource, Calls, Update
from localcloud.cloudformation.resources.context import Properties, ResourceContext, names
from localcloud.cloudformation.resources.s3_lifecycle import lifecycle


class Bucket(ApiResource):
    def generate_name(self, context: ResourceContext) -> str:
        return context.generate_name(63, lower=True)

    def api_properties(self, context: ResourceContext) -> Properties:
        properties = {**context.properties}
        if context.region != "us-east-1":
            properties["CreateBucketConfiguration"] = {"LocationConstraint": context.region}
        if "LifecycleConfiguration" in properties:
            properties["LifecycleConfiguration"] = lifecycle(properties["LifecycleConfiguration"])
        if "NotificationConfiguration" in properties:
            notification = {**properties["NotificationConfiguration"]}
            bridge = notification.pop("EventBridgeConfiguration", {})
            if bridge.get("EventBridgeEnabled", False):
                notification["EventBridgeConfiguration"] = {}
            properties["NotificationConfiguration"] = notification
        return properties


PROVIDERS = (
    Bucket(
        type="AWS::S3::Bucket",
        supported=names(
            "BucketEncryption BucketName LifecycleConfiguration NotificationConfiguration "
            "OwnershipControls PublicAccessBlockConfiguration ReplicationConfiguration Tags "
            "VersioningConfiguration"
        ),
        service="s3",
        calls=Calls("create_bucket", "delete_bucket", lookup="head_bucket"),
        missing="NoSuchBucket",
        key="Bucket",
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
        service="s3",
        calls=Calls("put_bucket_policy", "delete_bucket_policy", lookup="get_bucket_policy"),
        missing="NoSuchBucket NoSuchBucketPolicy",
        key="Bucket",
        named_by="Bucket",
        renamed={"PolicyDocument": "Policy"},
        updates=(Update("put_bucket_policy"),),
    ),
)
