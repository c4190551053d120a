"""AWS KMS: keys and aliases."""

from __future__ import annotations

import json

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
)

_GONE = ("NotFoundException", "KMSInvalidStateException")


class Key(ResourceType):
    type = "AWS::KMS::Key"
    consumes = names(
        "Description EnableKeyRotation KeyPolicy KeySpec KeyUsage MultiRegion "
        "PendingWindowInDays Tags"
    )

    def create(self, site: Site, props: Props) -> str:
        kms = site.client("kms")
        made: Props = given(props, "Description", "KeySpec", "KeyUsage", "MultiRegion")
        if "KeyPolicy" in props:
            made["Policy"] = json.dumps(props["KeyPolicy"])
        if props.get("Tags"):
            made["Tags"] = _tags(props)
        key: str = site.created(kms.create_key(**made)["KeyMetadata"]["KeyId"])
        if props.get("EnableKeyRotation"):
            kms.enable_key_rotation(KeyId=key)
        return key

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        told = site.client("kms").describe_key(KeyId=physical_id)["KeyMetadata"]
        return {"Arn": told["Arn"], "KeyId": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        kms = site.client("kms")
        if changed(old, new, "KeySpec", "KeyUsage", "MultiRegion"):
            super().update(site, physical_id, old, new)
        if changed(old, new, "Description"):
            kms.update_key_description(KeyId=physical_id, Description=new.get("Description", ""))
        if changed(old, new, "KeyPolicy"):
            document = json.dumps(new["KeyPolicy"])
            kms.put_key_policy(KeyId=physical_id, PolicyName="default", Policy=document)
        if changed(old, new, "EnableKeyRotation"):
            rotates = new.get("EnableKeyRotation", False)
            (kms.enable_key_rotation if rotates else kms.disable_key_rotation)(KeyId=physical_id)
        if changed(old, new, "Tags"):
            kept = {item["Key"] for item in new.get("Tags", [])}
            dropped = [item["Key"] for item in old.get("Tags", []) if item["Key"] not in kept]
            if dropped:
                kms.untag_resource(KeyId=physical_id, TagKeys=dropped)
            if kept:
                kms.tag_resource(KeyId=physical_id, Tags=_tags(new))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        gone(
            site.client("kms").schedule_key_deletion,
            *_GONE,
            KeyId=physical_id,
            PendingWindowInDays=props.get("PendingWindowInDays", 30),
        )


def _tags(props: Props) -> list[Props]:
    return [{"TagKey": item["Key"], "TagValue": item["Value"]} for item in props["Tags"]]


class Alias(ResourceType):
    type = "AWS::KMS::Alias"
    consumes = names("AliasName TargetKeyId")

    def create(self, site: Site, props: Props) -> str:
        site.client("kms").create_alias(**props)
        return str(props["AliasName"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        site.client("kms").update_alias(**new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("kms").delete_alias, *_GONE, AliasName=physical_id)


TYPES = (Key, Alias)
