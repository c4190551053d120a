"""API Gateway's log role, one an account and Region, which a foundation leaves behind.

Only the one that the account's setting names is of use, perhaps to other deployments.
"""

from __future__ import annotations

from .cloud import MISSING, Cloud, resources, status
from .console import say
from .plan import Stack


def log_roles(cloud: Cloud, foundation: Stack) -> list[str]:
    """Names of the roles that this foundation made for API Gateway."""
    if status(cloud, foundation) == MISSING:
        return []
    made = resources(cloud, foundation.region, foundation.name)
    return [one.physical_id for one in made if one.path == "ApiGatewayLogRole" and one.physical_id]


def forget_unused(cloud: Cloud, region: str, roles: list[str]) -> None:
    """Delete those of these roles, whose stack is gone, that API Gateway does not use."""
    used = cloud.client("apigateway", region).get_account().get("cloudwatchRoleArn", "")
    iam = cloud.client("iam", region)
    for role in roles:
        if used.endswith(f"/{role}"):
            continue
        try:
            attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
            for policy in attached:
                iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
            iam.delete_role(RoleName=role)
        except iam.exceptions.NoSuchEntityException:
            continue  # the stack was rolled back, and with it the role
        say(f"{role} deleted: API Gateway uses another one in {region}")
