"""What IAM refuses and moto accepts: quotas, names in use, and entities that are in use.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import re
from collections.abc import Iterable
from typing import Any

from localcloud.gateway.errors import require
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.iam.roles import backend

# What creates an entity: moto's dict of them, the quota and its name, the member with the name.
_ENTITIES = {
    "CreatePolicy": ("managed_policies", 1500, "PoliciesPerAccount", "PolicyName"),
    "CreateRole": ("roles", 1000, "RolesPerAccount", "RoleName"),
    "CreateUser": ("users", 5000, "UsersPerAccount", "UserName"),
}
# What holds policies: moto's dict, and the limit of all its inline policies in characters.
_HOLDERS = {"Role": ("roles", 10_240), "User": ("users", 2048)}
_ATTACHED = 10


def check_rules(call: Call) -> None:
    """A handler that refuses, and leaves the answer to the next one."""
    params = call.params
    with service_lock("iam"):
        iam = backend()
        if call.name in _ENTITIES:
            _check_new_entity(call.name, params, iam)
        elif match := re.fullmatch(r"(Put|Attach)(Role|User)Policy", call.name):
            _check_policies(match[1], match[2], params, iam)
        elif call.name == "DeleteUser" and (user := iam.users.get(params["UserName"])):
            words = "Cannot delete entity, must delete access keys first."
            require(not user.access_keys, "DeleteConflict", words, 409)
        elif call.name == "DeletePolicy":
            policy = iam.managed_policies.get(params["PolicyArn"])
            words = "Cannot delete a policy attached to entities."
            require(not policy or not policy.attachment_count, "DeleteConflict", words, 409)


def _check_new_entity(operation: str, params: dict[str, Any], iam: Any) -> None:
    attribute, quota, quota_name, member = _ENTITIES[operation]
    own = [entity for entity in getattr(iam, attribute).values() if not _is_of_aws(entity)]
    words = f"Cannot exceed quota for {quota_name}: {quota}"
    require(len(own) < quota, "LimitExceeded", words, 409)
    name = params[member]
    words = f"{operation.removeprefix('Create')} with name {name} already exists."
    if operation == "CreatePolicy":
        words = f"A policy called {name} already exists. Duplicate names are not allowed."
    is_taken = any(entity.name.lower() == name.lower() for entity in own)
    require(not is_taken, "EntityAlreadyExists", words, 409)
    _check_tags(params.get("Tags") or ())
    boundary = params.get("PermissionsBoundary")
    words = f"Scope ARN: {boundary} does not exist or is not attachable."
    require(not boundary or boundary in iam.managed_policies, "NoSuchEntity", words, 404)


def _is_of_aws(entity: Any) -> bool:
    return str(getattr(entity, "arn", "")).startswith("arn:aws:iam::aws:")


def _check_tags(tags: Iterable[dict[str, str]]) -> None:
    keys = [tag["Key"].lower() for tag in tags]
    words = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    require(len(set(keys)) == len(keys), "InvalidInput", words)
    words = "aws: prefixed tag key names are not allowed for external use."
    require(not any(key.startswith("aws:") for key in keys), "InvalidInput", words)


def _check_policies(verb: str, kind: str, params: dict[str, Any], iam: Any) -> None:
    attribute, limit = _HOLDERS[kind]
    name = params[f"{kind}Name"]
    holder = next((e for e in getattr(iam, attribute).values() if e.name == name), None)
    if holder is None:
        return
    if verb == "Attach":
        attached = {*holder.managed_policies, params["PolicyArn"]}
        words = f"Cannot exceed quota for PoliciesPer{kind}: {_ATTACHED}"
        require(len(attached) <= _ATTACHED, "LimitExceeded", words, 409)
        return
    documents = {**holder.policies, params["PolicyName"]: params["PolicyDocument"]}
    size = sum(len(re.sub(r"\s", "", document)) for document in documents.values())
    words = f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {name}"
    require(size <= limit, "LimitExceeded", words, 409)
