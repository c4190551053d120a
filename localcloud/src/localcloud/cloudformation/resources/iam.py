"""AWS IAM: roles and policies."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.api_resource import ApiResource, Calls, Tagging, Update
from localcloud.cloudformation.resources.attached_policy import AttachedPolicy
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    ignore_missing,
    names,
)

_MISSING = "NoSuchEntity"
_OWNERS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _owners(properties: Properties) -> set[tuple[str, str]]:
    """Who a policy is attached to: (kind, name)."""
    return {(kind, name) for key, kind in _OWNERS.items() for name in properties.get(key, [])}


def _owner(kind: str, name: str) -> Properties:
    return {f"{kind.title()}Name": name}


class Role(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Set the inline policies and attach the managed ones."""
        self._set_policies(context, context.previous, context.properties)

    def delete(self, context: ResourceContext) -> None:
        """Remove the policies first, as IAM requires."""
        self._set_policies(context, context.properties, {})
        super().delete(context)

    def _set_policies(self, context: ResourceContext, old: Properties, new: Properties) -> None:
        iam, role = self.client(context), {"RoleName": context.physical_id}
        before, after = _inline_policies(old), _inline_policies(new)
        for name in before.keys() - after.keys():
            ignore_missing(iam.delete_role_policy, _MISSING, **role, PolicyName=name)
        for name, document in after.items():
            if before.get(name) != document:
                iam.put_role_policy(**role, PolicyName=name, PolicyDocument=document)
        attached, managed = old.get("ManagedPolicyArns", []), new.get("ManagedPolicyArns", [])
        for arn in set(attached) - set(managed):
            ignore_missing(iam.detach_role_policy, _MISSING, **role, PolicyArn=arn)
        for arn in managed:
            if arn not in attached:
                iam.attach_role_policy(**role, PolicyArn=arn)


def _inline_policies(properties: Properties) -> dict[str, str]:
    """Documents by policy name."""
    items = properties.get("Policies", [])
    return {item["PolicyName"]: json.dumps(item["PolicyDocument"]) for item in items}


class Policy(AttachedPolicy):
    def targets(self, properties: Properties) -> set[Any]:
        """Who has the policy, and by which name."""
        name = properties.get("PolicyName")
        return {(kind, owner, name) for kind, owner in _owners(properties)}

    def attach(self, context: ResourceContext, target: tuple[str, str, str]) -> None:
        kind, owner, policy = target
        put = getattr(context.client("iam"), f"put_{kind}_policy")
        document = json.dumps(context.properties["PolicyDocument"])
        put(**_owner(kind, owner), PolicyName=policy, PolicyDocument=document)

    def detach(self, context: ResourceContext, target: tuple[str, str, str]) -> None:
        kind, owner, policy = target
        remove = getattr(context.client("iam"), f"delete_{kind}_policy")
        ignore_missing(remove, _MISSING, **_owner(kind, owner), PolicyName=policy)


class ManagedPolicy(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Set the default version, and attach the policy."""
        if context.previous and context.changed("PolicyDocument"):
            self._put_version(context)
        self._attach(context, _owners(context.previous), _owners(context.properties))

    def delete(self, context: ResourceContext) -> None:
        """Detach the policy and delete its other versions first, as IAM requires."""
        iam, policy = self.client(context), {"PolicyArn": context.physical_id}
        self._attach(context, _owners(context.properties), set())
        try:
            versions = iam.list_policy_versions(**policy)["Versions"]
        except iam.exceptions.NoSuchEntityException:
            return
        for version in versions:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(**policy, VersionId=version["VersionId"])
        super().delete(context)

    def _put_version(self, context: ResourceContext) -> None:
        """Create the new version; a policy has five at most, so the oldest makes room."""
        iam, policy = self.client(context), {"PolicyArn": context.physical_id}
        versions = iam.list_policy_versions(**policy)["Versions"]
        if len(versions) >= 5:
            others = [item["VersionId"] for item in versions if not item["IsDefaultVersion"]]
            oldest = min(others, key=lambda version: int(version[1:]))
            iam.delete_policy_version(**policy, VersionId=oldest)
        document = json.dumps(context.properties["PolicyDocument"])
        iam.create_policy_version(**policy, PolicyDocument=document, SetAsDefault=True)

    def _attach(
        self,
        context: ResourceContext,
        before: set[tuple[str, str]],
        after: set[tuple[str, str]],
    ) -> None:
        iam, policy = self.client(context), {"PolicyArn": context.physical_id}
        for kind, name in before - after:
            detach = getattr(iam, f"detach_{kind}_policy")
            ignore_missing(detach, _MISSING, **_owner(kind, name), **policy)
        for kind, name in after - before:
            getattr(iam, f"attach_{kind}_policy")(**_owner(kind, name), **policy)


PROVIDERS = (
    Role(
        type="AWS::IAM::Role",
        supported=names(
            "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path "
            "PermissionsBoundary Policies RoleName Tags"
        ),
        service="iam",
        calls=Calls("create_role", "delete_role", "get_role"),
        missing=_MISSING,
        key="RoleName",
        unique_name="RoleName",
        name_limit=64,
        renamed={"AssumeRolePolicyDocument": "PolicyDocument"},
        updates=(
            Update("update_assume_role_policy"),
            Update("update_role", defaults={"Description": "", "MaxSessionDuration": 3600}),
            Update("put_role_permissions_boundary", remove="delete_role_permissions_boundary"),
        ),
        also_changeable=names("ManagedPolicyArns Policies"),
        tagging=Tagging("RoleName", tag="tag_role", untag="untag_role"),
        described="Role",
    ),
    Policy(
        type="AWS::IAM::Policy",
        supported=names("PolicyDocument PolicyName Roles Users Groups"),
        name_limit=64,
        attributes={"Id": "{id}"},
    ),
    ManagedPolicy(
        type="AWS::IAM::ManagedPolicy",
        supported=names("Description ManagedPolicyName Path PolicyDocument Roles Users Groups"),
        service="iam",
        calls=Calls("create_policy", "delete_policy", "get_policy"),
        missing=_MISSING,
        key="PolicyArn",
        id_path="Policy.Arn",
        unique_name="ManagedPolicyName",
        name_limit=128,
        renamed={"ManagedPolicyName": "PolicyName"},
        also_changeable=names("PolicyDocument Roles Users Groups"),
        described="Policy",
    ),
)
