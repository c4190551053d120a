"""AWS Secrets Manager: secrets."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
    tag_changes,
)
from localcloud.gateway.errors import not_emulated

_GENERATE = (
    "ExcludeCharacters",
    "ExcludeLowercase",
    "ExcludeNumbers",
    "ExcludePunctuation",
    "ExcludeUppercase",
    "IncludeSpace",
    "PasswordLength",
    "RequireEachIncludedType",
)


class Secret(ResourceType):
    type = "AWS::SecretsManager::Secret"
    named_by = "Name"
    consumes = names("Description GenerateSecretString KmsKeyId Name SecretString Tags")

    def create(self, site: Site, props: Props) -> str:
        client = site.client("secretsmanager")
        arn: str = client.create_secret(
            Name=props.get("Name") or site.name(512),
            SecretString=_value(client, props),
            **given(props, "Description", "KmsKeyId", "Tags"),
        )["ARN"]
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        client = site.client("secretsmanager")
        if "Description" in old and "Description" not in new:
            raise not_emulated(f"removing Description of {self.type}")
        more = {}
        if changed(old, new, "SecretString", "GenerateSecretString"):
            more["SecretString"] = _value(client, new)
        for key, default in (("Description", ""), ("KmsKeyId", "alias/aws/secretsmanager")):
            if changed(old, new, key):
                more[key] = new.get(key, default)
        if more:
            client.update_secret(SecretId=physical_id, **more)
        dropped, tags = tag_changes(old, new)
        if dropped:
            client.untag_resource(SecretId=physical_id, TagKeys=dropped)
        if tags:
            client.tag_resource(SecretId=physical_id, Tags=new["Tags"])

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("secretsmanager").delete_secret,
            "ResourceNotFoundException",
            SecretId=physical_id,
            ForceDeleteWithoutRecovery=True,
        )


def _value(client: Any, props: Props) -> str:
    if "GenerateSecretString" not in props:
        return str(props.get("SecretString", ""))
    wanted = props["GenerateSecretString"]
    password = client.get_random_password(**given(wanted, *_GENERATE))["RandomPassword"]
    if "SecretStringTemplate" not in wanted:
        return str(password)
    members = json.loads(wanted["SecretStringTemplate"])
    return json.dumps({**members, wanted["GenerateStringKey"]: password})


TYPES = (Secret,)
