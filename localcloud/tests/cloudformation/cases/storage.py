"""S3, DynamoDB, Secrets Manager, KMS, Systems Manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import ACCOUNT, POLICY, ROLE, ROLE_ARN, TAGS, Case, names, statement

Client = Callable[[str], Any]
BUCKET: dict[str, Any] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "bucket-b"}}
VERSIONED: dict[str, Any] = {"VersioningConfiguration": {"Status": "Enabled"}}
PEER: dict[str, Any] = {
    "Type": "AWS::S3::Bucket",
    "Properties": {"BucketName": "bucket-p", **VERSIONED},
}
TABLE: dict[str, Any] = {
    "TableName": "table",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
}
INDEX: dict[str, Any] = {
    "IndexName": "by-i",
    "KeySchema": [{"AttributeName": "i", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
DEFINITIONS = [*TABLE["AttributeDefinitions"], {"AttributeName": "i", "AttributeType": "S"}]
STREAM: dict[str, Any] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
RECOVERY: dict[str, Any] = {
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}
}
KEY: dict[str, Any] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": POLICY}}
SLEEP: dict[str, Any] = {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
REPLICATION: dict[str, Any] = {
    "Role": ROLE_ARN,
    "Rules": [
        {
            "Id": "all",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "Destination": {"Bucket": {"Fn::GetAtt": "Peer.Arn"}},
        }
    ],
}


def _bucket(client: Client, name: str) -> Any:
    s3 = client("s3")
    told = []
    for part in (
        "versioning",
        "ownership_controls",
        "encryption",
        "lifecycle_configuration",
        "replication",
        "notification_configuration",
        "tagging",
    ):
        told.append(_or_none(getattr(s3, f"get_bucket_{part}"), Bucket=name))
    return [*told, _or_none(s3.get_public_access_block, Bucket=name)]


def _or_none(look: Callable[..., Any], **asked: Any) -> Any:
    """The answer without its metadata; None where AWS answers that there is nothing."""
    from botocore.exceptions import ClientError

    try:
        told = look(**asked)
    except ClientError:
        return None
    return {key: value for key, value in told.items() if key != "ResponseMetadata"}


def _table(client: Client, name: str) -> Any:
    dynamodb = client("dynamodb")
    told = dynamodb.describe_table(TableName=name)["Table"]
    told = {key: value for key, value in told.items() if "Stream" not in key or "Spec" in key}
    told.pop("ProvisionedThroughput")  # moto keeps the last one
    tags = dynamodb.list_tags_of_resource(ResourceArn=told["TableArn"])["Tags"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return [told, tags, recovery, ttl["TimeToLiveStatus"]]


def _key(client: Client, key: str) -> Any:
    kms = client("kms")
    return [
        kms.describe_key(KeyId=key)["KeyMetadata"]["Description"],
        kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"],
        kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"],
        kms.list_resource_tags(KeyId=key)["Tags"],
    ]


def _secret(client: Client, arn: str) -> Any:
    told = client("secretsmanager").describe_secret(SecretId=arn)
    value = client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return [told.get("Description"), told.get("KmsKeyId"), told.get("Tags"), value]


def _parameter(client: Client, name: str) -> Any:
    ssm = client("ssm")
    value = ssm.get_parameter(Name=name)["Parameter"]
    told = ssm.describe_parameters(Filters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    shown = ("AllowedPattern", "Description", "Tier", "DataType", "Type")
    return [value["Value"], tags, [told.get(key) for key in shown]]


def _document(client: Client, name: str) -> Any:
    ssm = client("ssm")
    told = ssm.get_document(Name=name)
    tags = ssm.list_tags_for_resource(ResourceType="Document", ResourceId=name)["TagList"]
    return [told["Content"], tags]


CASES = [
    Case(
        "AWS::S3::Bucket",
        {"BucketName": "bucket-b", **VERSIONED},
        {
            "VersioningConfiguration": {"Status": "Suspended"},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true"},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [{"Status": "Enabled", "Prefix": "work/", "ExpirationInDays": 7}]
            },
            "ReplicationConfiguration": REPLICATION,
            "NotificationConfiguration": {
                "TopicConfigurations": [
                    {"Event": "s3:ObjectCreated:*", "Topic": {"Ref": "Topic"}},
                ]
            },
            "Tags": TAGS,
        },
        _bucket,
        "bucket-b",
        {
            "Arn": "arn:aws:s3:::bucket-b",
            "RegionalDomainName": r"bucket-b\.s3\.us-east-1\.amazonaws\.com",
        },
        {
            "Peer": PEER,
            "Role": {
                **ROLE,
                "Properties": {
                    **ROLE["Properties"],
                    "AssumeRolePolicyDocument": statement("sts:AssumeRole"),
                },
            },
            "Topic": {"Type": "AWS::SNS::Topic"},
        },
    ),
    Case(
        "AWS::S3::BucketPolicy",
        {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": statement("s3:GetObject")},
        {"PolicyDocument": statement("s3:PutObject")},
        lambda client, bucket: client("s3").get_bucket_policy(Bucket=bucket)["Policy"],
        "bucket-b",
        needs={"Bucket": BUCKET},
    ),
    Case(
        "AWS::DynamoDB::Table",
        TABLE,
        {
            "DeletionProtectionEnabled": True,
            "StreamSpecification": STREAM,
            "GlobalSecondaryIndexes": [INDEX],
            "Tags": TAGS,
            "TimeToLiveSpecification": {"AttributeName": "t", "Enabled": True},
            "BillingMode": "PROVISIONED",
            **RECOVERY,
        },
        _table,
        "table",
        {"Arn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/table"},
        refused=names("SSESpecification TableClass"),
        # LocalSecondaryIndexes, which are refused, need a range key.
        passive=names("AttributeDefinitions LocalSecondaryIndexes ProvisionedThroughput"),
    ),
    Case(
        "AWS::DynamoDB::GlobalTable",
        {**TABLE, "StreamSpecification": STREAM, "Replicas": [{"Region": "us-east-1"}]},
        {
            "Replicas": [{"Region": "us-east-1", **RECOVERY}, {"Region": "us-west-2"}],
            "GlobalSecondaryIndexes": [INDEX],
            "TimeToLiveSpecification": {"AttributeName": "t", "Enabled": True},
        },
        _table,
        "table",
        {"StreamArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/table/stream/.+"},
        refused=names("SSESpecification"),
        passive=names("AttributeDefinitions BillingMode StreamSpecification"),
    ),
    Case(
        "AWS::SecretsManager::Secret",
        {"Name": "s", "SecretString": "1", "Description": "c"},
        {"SecretString": "2", "Description": "d", "KmsKeyId": {"Ref": "Key"}, "Tags": TAGS},
        _secret,
        f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s-.+",
        needs={"Key": KEY},
        passive=names("GenerateSecretString"),  # a value of its own each time
    ),
    Case(
        "AWS::KMS::Key",
        {"KeyPolicy": POLICY, "PendingWindowInDays": 7},
        {
            "EnableKeyRotation": True,
            "Description": "d",
            "KeyPolicy": {**POLICY, "Id": "other"},
            "Tags": TAGS,
        },
        _key,
        "[0-9a-f-]{36}",
        {"Arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/.+"},
        refused=names("KeySpec KeyUsage MultiRegion"),
        passive=names("PendingWindowInDays"),
    ),
    Case(
        "AWS::KMS::Alias",
        {"AliasName": "alias/a", "TargetKeyId": {"Ref": "Key"}},
        {"TargetKeyId": {"Ref": "Other"}},
        lambda client, alias: client("kms").describe_key(KeyId=alias)["KeyMetadata"]["KeyId"],
        "alias/a",
        needs={"Key": KEY, "Other": KEY},
    ),
    Case(
        "AWS::SSM::Parameter",
        {"Name": "/p", "Type": "String", "Value": "1"},
        {
            "Value": "2",
            "AllowedPattern": "[0-9]",
            "DataType": "aws:ec2:image",
            "Description": "d",
            "Tags": {"k": "v"},
            "Type": "StringList",
        },
        _parameter,
        "/p",
        {"Value": "[12]"},
        passive=names("Tier"),  # goes up only
    ),
    Case(
        "AWS::SSM::Document",
        {
            "Name": "doc",
            "DocumentType": "Automation",
            "UpdateMethod": "NewVersion",
            "Content": {
                "schemaVersion": "0.3",
                "description": "1",
                "mainSteps": [
                    {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
                ],
            },
        },
        {
            "Content": {
                "schemaVersion": "0.3",
                "description": "2",
                "mainSteps": [
                    {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}
                ],
            },
            "Tags": TAGS,
        },
        _document,
        "doc",
        passive=names("DocumentFormat TargetType UpdateMethod VersionName"),
    ),
]
