"""AWS IAM: roles and policies."""

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
)

_GONE = "NoSuchEntity"


def _inline(props: Props) -> dict[str, str]:
    """Inline policies of a role: name → document."""
    items = props.get("Policies", [])
    return {item["PolicyName"]: json.dumps(item["PolicyDocument"]) for item in items}


class Role(ResourceType):
    type = "AWS::IAM::Role"
    named_by = "RoleName"
    consumes = names(
        "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path "
        "PermissionsBoundary Policies RoleName Tags"
    )

    def create(self, site: Site, props: Props) -> str:
        iam = site.client("iam")
        name: str = props.get("RoleName") or site.name(64)
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(props["AssumeRolePolicyDocument"]),
            **given(
                props, "Description", "MaxSessionDuration", "Path", "PermissionsBoundary", "Tags"
            ),
        )
        site.created(name)
        self._set_policies(iam, name, {}, props)
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        role = site.client("iam").get_role(RoleName=physical_id)["Role"]
        return {"Arn": role["Arn"], "RoleId": role["RoleId"]}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        iam, role = site.client("iam"), {"RoleName": physical_id}
        if changed(old, new, "AssumeRolePolicyDocument"):
            document = json.dumps(new["AssumeRolePolicyDocument"])
            iam.update_assume_role_policy(**role, PolicyDocument=document)
        if changed(old, new, "Description", "MaxSessionDuration"):
            iam.update_role(
                **role,
                Description=new.get("Description", ""),
                MaxSessionDuration=new.get("MaxSessionDuration", 3600),
            )
        if changed(old, new, "PermissionsBoundary"):
            self._set_boundary(iam, role, new.get("PermissionsBoundary"))
        if changed(old, new, "Tags"):
            _retag(iam, role, old, new)
        self._set_policies(iam, physical_id, old, new)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        iam = site.client("iam")
        self._set_policies(iam, physical_id, props, {})
        gone(iam.delete_role, _GONE, RoleName=physical_id)

    def _set_policies(self, iam: Any, name: str, old: Props, new: Props) -> None:
        before, after = _inline(old), _inline(new)
        for policy in before.keys() - after.keys():
            gone(iam.delete_role_policy, _GONE, RoleName=name, PolicyName=policy)
        for policy, document in after.items():
            if before.get(policy) != document:
                iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
        had, wanted = old.get("ManagedPolicyArns", []), new.get("ManagedPolicyArns", [])
        for arn in set(had) - set(wanted):
            gone(iam.detach_role_policy, _GONE, RoleName=name, PolicyArn=arn)
        for arn in wanted:
            if arn not in had:
                iam.attach_role_policy(RoleName=name, PolicyArn=arn)

    def _set_boundary(self, iam: Any, role: Props, boundary: str | None) -> None:
        if boundary is None:
            iam.delete_role_permissions_boundary(**role)
        else:
            iam.put_role_permissions_boundary(**role, PermissionsBoundary=boundary)


def _retag(iam: Any, role: Props, old: Props, new: Props) -> None:
    kept = {item["Key"] for item in new.get("Tags", [])}
    if dropped := [item["Key"] for item in old.get("Tags", []) if item["Key"] not in kept]:
        iam.untag_role(**role, TagKeys=dropped)
    if kept:
        iam.tag_role(**role, Tags=new["Tags"])


_OWNERS = {"Roles": "role", "Users": "user", "Groups": "group"}


def _owners(props: Props) -> set[tuple[str, str]]:
    """(kind, name) of those that a policy is for."""
    return {(kind, name) for key, kind in _OWNERS.items() for name in props.get(key, [])}


class Policy(ResourceType):
    type = "AWS::IAM::Policy"
    consumes = names("PolicyDocument PolicyName Roles Users Groups")

    def create(self, site: Site, props: Props) -> str:
        site.created(physical_id := site.name(64))
        self._put(site, props)
        return physical_id

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self._put(site, new)
        renamed = changed(old, new, "PolicyName")
        self._remove(site, old, _owners(old) if renamed else _owners(old) - _owners(new))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        self._remove(site, props, _owners(props))

    def _put(self, site: Site, props: Props) -> None:
        document = json.dumps(props["PolicyDocument"])
        for kind, owner in _owners(props):
            put = getattr(site.client("iam"), f"put_{kind}_policy")
            name = {f"{kind.title()}Name": owner}
            put(**name, PolicyName=props["PolicyName"], PolicyDocument=document)

    def _remove(self, site: Site, props: Props, owners: set[tuple[str, str]]) -> None:
        for kind, owner in owners:
            remove = getattr(site.client("iam"), f"delete_{kind}_policy")
            name = {f"{kind.title()}Name": owner}
            gone(remove, _GONE, **name, PolicyName=props["PolicyName"])


class ManagedPolicy(ResourceType):
    type = "AWS::IAM::ManagedPolicy"
    named_by = "ManagedPolicyName"
    consumes = names("Description ManagedPolicyName Path PolicyDocument Roles Users Groups")

    def create(self, site: Site, props: Props) -> str:
        iam = site.client("iam")
        arn: str = iam.create_policy(
            PolicyName=props.get("ManagedPolicyName") or site.name(128),
            PolicyDocument=json.dumps(props["PolicyDocument"]),
            **given(props, "Description", "Path"),
        )["Policy"]["Arn"]
        site.created(arn)
        self._attach(iam, arn, set(), _owners(props))
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        policy = site.client("iam").get_policy(PolicyArn=physical_id)["Policy"]
        wanted = ("AttachmentCount", "DefaultVersionId", "IsAttachable", "PolicyId")
        return {"PolicyArn": physical_id, **given(policy, *wanted)}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        iam = site.client("iam")
        if changed(old, new, "PolicyDocument"):
            self._make_room(iam, physical_id)
            iam.create_policy_version(
                PolicyArn=physical_id,
                PolicyDocument=json.dumps(new["PolicyDocument"]),
                SetAsDefault=True,
            )
        self._attach(iam, physical_id, _owners(old), _owners(new))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        iam = site.client("iam")
        self._attach(iam, physical_id, _owners(props), set())
        try:
            versions = iam.list_policy_versions(PolicyArn=physical_id)["Versions"]
        except iam.exceptions.NoSuchEntityException:
            return
        for version in versions:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=physical_id, VersionId=version["VersionId"])
        gone(iam.delete_policy, _GONE, PolicyArn=physical_id)

    def _make_room(self, iam: Any, arn: str) -> None:
        """A policy has five versions at most."""
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        old = [item for item in versions if not item["IsDefaultVersion"]]
        if len(versions) >= 5:
            oldest = min(old, key=lambda item: int(item["VersionId"][1:]))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])

    def _attach(
        self, iam: Any, arn: str, had: set[tuple[str, str]], wanted: set[tuple[str, str]]
    ) -> None:
        for kind, owner in had - wanted:
            detach = getattr(iam, f"detach_{kind}_policy")
            gone(detach, _GONE, **{f"{kind.title()}Name": owner}, PolicyArn=arn)
        for kind, owner in wanted - had:
            attach = getattr(iam, f"attach_{kind}_policy")
            attach(**{f"{kind.title()}Name": owner}, PolicyArn=arn)


TYPES = (Role, Policy, ManagedPolicy)
