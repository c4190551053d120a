"""AWS KMS: keys and aliases."""

from __future__ import annotations

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import names

_MISSING = "NotFoundException KMSInvalidStateException"

PROVIDERS = (
    ApiResource(
        type="AWS::KMS::Key",
        supported=names(
            "Description EnableKeyRotation KeyPolicy KeySpec KeyUsage MultiRegion "
            "PendingWindowInDays Tags"
        ),
        calls=Calls("create_key", "schedule_key_deletion", "describe_key"),
        missing=_MISSING,
        key="KeyId",
        renamed={"KeyPolicy": "Policy", "Key": "TagKey", "Value": "TagValue"},
        updates=(
            Update("update_key_description", defaults={"Description": ""}),
            Update("put_key_policy", params={"PolicyName": "default"}),
            Update("enable_key_rotation", "EnableKeyRotation", remove="disable_key_rotation"),
        ),
        also_changeable=names("PendingWindowInDays"),
        # counts when the key is deleted
        tagging=Tagging("KeyId"),
        described="KeyMetadata",
    ),
    ApiResource(
        type="AWS::KMS::Alias",
        supported=names("AliasName TargetKeyId"),
        calls=Calls("create_alias", "delete_alias"),
        missing=_MISSING,
        named_by="AliasName",
        updates=(Update("update_alias"),),
    ),
)
