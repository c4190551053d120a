"""AWS IAM: roles and policies."""

import json

from localcloud.cloudformation.resources.api_calls import Calls, Tagging, Update
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.context import ResourceContext, ignore_missing, names

_MISSING = "NoSuchEntity"


class Role(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Set the inline policies and attach the managed ones."""
        iam, role = self.client(context), {"RoleName": context.physical_id}
        removed, added = context.difference("Policies")
        added_names = {policy["PolicyName"] for policy in added}
        for policy in removed:
            if (name := policy["PolicyName"]) not in added_names:
                ignore_missing(iam.delete_role_policy, _MISSING, **role, PolicyName=name)
        for policy in added:
            iam.put_role_policy(**self.params(context, "put_role_policy", policy))
        removed, added = context.difference("ManagedPolicyArns")
        for arn in removed:
            ignore_missing(iam.detach_role_policy, _MISSING, **role, PolicyArn=arn)
        for arn in added:
            iam.attach_role_policy(**role, PolicyArn=arn)

    def delete(self, context: ResourceContext) -> None:
        """Remove the policies first, as IAM requires."""
        self.set_children(context.emptied())
        super().delete(context)


class ManagedPolicy(ApiResource):
    def set_children(self, context: ResourceContext) -> None:
        """Attach and detach the policy, and put a new version of an existing one."""
        iam, policy = self.client(context), {"PolicyArn": context.physical_id}
        removed, added = context.difference("Roles")
        for name in removed:
            ignore_missing(iam.detach_role_policy, _MISSING, RoleName=name, **policy)
        for name in added:
            iam.attach_role_policy(RoleName=name, **policy)
        document = context.properties.get("PolicyDocument")
        if context.previous and document and context.changed("PolicyDocument"):
            self._make_room(context)
            text = json.dumps(document)
            iam.create_policy_version(**policy, PolicyDocument=text, SetAsDefault=True)

    def delete(self, context: ResourceContext) -> None:
        """Detach the policy and delete its other versions first, as IAM requires."""
        self.set_children(context.emptied())
        try:
            versions = self._other_versions(context)
        except self.client(context).exceptions.NoSuchEntityException:
            return
        for version in versions:
            self._delete_version(context, version)
        super().delete(context)

    def _make_room(self, context: ResourceContext) -> None:
        """Delete the oldest version if there are five, the most that a policy can have."""
        versions = self._other_versions(context)
        if len(versions) >= 4:
            self._delete_version(context, min(versions, key=lambda version: int(version[1:])))

    def _other_versions(self, context: ResourceContext) -> list[str]:
        """Ids of the versions that are not the default."""
        answer = self.client(context).list_policy_versions(PolicyArn=context.physical_id)
        return [item["VersionId"] for item in answer["Versions"] if not item["IsDefaultVersion"]]

    def _delete_version(self, context: ResourceContext, version: str) -> None:
        policy = {"PolicyArn": context.physical_id}
        self.client(context).delete_policy_version(**policy, VersionId=version)


PROVIDERS = (
    Role(
        type="AWS::IAM::Role",
        supported=names(
            "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path "
            "PermissionsBoundary Policies RoleName Tags"
        ),
        calls=Calls("create_role", "delete_role", "get_role"),
        missing=_MISSING,
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
    ManagedPolicy(
        type="AWS::IAM::ManagedPolicy",
        supported=names("Description ManagedPolicyName Path PolicyDocument Roles"),
        calls=Calls("create_policy", "delete_policy", "get_policy"),
        missing=_MISSING,
        key="PolicyArn",
        id_path="Policy.Arn",
        unique_name="ManagedPolicyName",
        name_limit=128,
        renamed={"ManagedPolicyName": "PolicyName"},
        also_changeable=names("PolicyDocument Roles"),
        described="Policy",
    ),
)
