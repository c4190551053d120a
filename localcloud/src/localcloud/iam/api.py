"""What IAM refuses and moto accepts: quotas, names in use, and entities that are in use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import re
from collections.abc import Iterable
from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.iam.roles import backend

# What creates an entity: moto's dict of them, the quota and its name, the member with the name.
_ENTITIES = {
    "CreateGroup": ("groups", 300, "GroupsPerAccount", "GroupName"),
    "CreateInstanceProfile": (
        "instance_profiles", 1000, "InstanceProfilesPerAccount", "InstanceProfileName"
    ),
    "CreatePolicy": ("managed_policies", 1500, "PoliciesPerAccount", "PolicyName"),
    "CreateRole": ("roles", 1000, "RolesPerAccount", "RoleName"),
    "CreateUser": ("users", 5000, "UsersPerAccount", "UserName"),
}  # fmt: skip
_EXISTS = {
    "CreatePolicy": "A policy called {} already exists. Duplicate names are not allowed.",
}
# What holds policies: moto's dict, and the limit of all its inline policies in characters.
_HOLDERS = {"Role": ("roles", 10_240), "User": ("users", 2048), "Group": ("groups", 5120)}
_ATTACHED = 10


class IamRules:
    """A handler that refuses, and leaves the answer to the next one."""

    def __init__(self, account: str) -> None:
        self._account = account

    def __call__(self, call: Call) -> None:
        params = call.params
        with service_lock("iam"):
            iam = backend(self._account)
            if call.name in _ENTITIES:
                _check_new_entity(call.name, params, iam)
            elif match := re.fullmatch(r"(Put|Attach)(Role|User|Group)Policy", call.name):
                _check_policies(match[1], match[2], params, iam)
            elif call.name == "DeleteUser":
                _check_keys(params["UserName"], iam)
            elif call.name == "DeletePolicy":
                _check_attachments(params["PolicyArn"], iam)


def _check_new_entity(operation: str, params: dict[str, Any], iam: Any) -> None:
    attribute, quota, quota_name, member = _ENTITIES[operation]
    own = [entity for entity in getattr(iam, attribute).values() if not _is_of_aws(entity)]
    if len(own) >= quota:
        raise _limit(f"Cannot exceed quota for {quota_name}: {quota}")
    kind = operation.removeprefix("Create")
    if any(entity.name.lower() == params[member].lower() for entity in own):
        words = _EXISTS.get(operation, f"{kind} with name {{}} already exists.")
        raise ApiError("EntityAlreadyExists", words.format(params[member]), 409)
    _check_tags(params.get("Tags") or ())
    boundary = params.get("PermissionsBoundary")
    if boundary and boundary not in iam.managed_policies:
        words = f"Scope ARN: {boundary} does not exist or is not attachable."
        raise ApiError("NoSuchEntity", words, 404)


def _is_of_aws(entity: Any) -> bool:
    return str(getattr(entity, "arn", "")).startswith("arn:aws:iam::aws:")


def _check_tags(tags: Iterable[dict[str, str]]) -> None:
    keys = [tag["Key"].lower() for tag in tags]
    if len(set(keys)) < len(keys):
        words = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise ApiError("InvalidInput", words, 400)
    if any(key.startswith("aws:") for key in keys):
        words = "aws: prefixed tag key names are not allowed for external use."
        raise ApiError("InvalidInput", words, 400)


def _check_policies(verb: str, kind: str, params: dict[str, Any], iam: Any) -> None:
    attribute, limit = _HOLDERS[kind]
    name = params[f"{kind}Name"]
    holder = next((e for e in getattr(iam, attribute).values() if e.name == name), None)
    if holder is None:
        return
    if verb == "Attach":
        attached = {*holder.managed_policies, params["PolicyArn"]}
        if len(attached) > _ATTACHED:
            raise _limit(f"Cannot exceed quota for PoliciesPer{kind}: {_ATTACHED}")
        return
    documents = {**holder.policies, params["PolicyName"]: params["PolicyDocument"]}
    size = sum(len(re.sub(r"\s", "", document)) for document in documents.values())
    if size > limit:
        words = f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {name}"
        raise _limit(words)


def _check_keys(user: str, iam: Any) -> None:
    if user in iam.users and iam.users[user].access_keys:
        words = "Cannot delete entity, must delete access keys first."
        raise ApiError("DeleteConflict", words, 409)


def _check_attachments(arn: str, iam: Any) -> None:
    if arn in iam.managed_policies and iam.managed_policies[arn].attachment_count:
        words = "Cannot delete a policy attached to entities."
        raise ApiError("DeleteConflict", words, 409)


def _limit(words: str) -> ApiError:
    return ApiError("LimitExceeded", words, 409)
