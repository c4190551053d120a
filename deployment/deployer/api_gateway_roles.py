"""API Gateway's log role, which a foundation leaves behind.

API Gateway uses one role in an account and Region, perhaps for other deployments too.
"""

from __future__ import annotations

from . import console
from .aws import Aws
from .plan import Stack
from .stack_info import MISSING, stack_resources, stack_status


def log_roles(aws: Aws, foundation: Stack) -> list[str]:
    """Return the names of the roles that this foundation created for API Gateway."""
    if stack_status(aws, foundation) == MISSING:
        return []
    resources = stack_resources(aws, foundation.region, foundation.name)
    return [
        resource.physical_id
        for resource in resources
        if resource.path == "ApiGatewayLogRole" and resource.physical_id
    ]


def delete_unused_roles(aws: Aws, region: str, roles: list[str]) -> None:
    """Delete those of these roles, whose stack is deleted, that API Gateway does not use."""
    account = aws.client("apigateway", region).get_account()
    iam = aws.client("iam", region)
    for role in roles:
        if account.get("cloudwatchRoleArn", "").endswith(f"/{role}"):
            continue
        try:
            policies = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
            for policy in policies:
                iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
            iam.delete_role(RoleName=role)
        except iam.exceptions.NoSuchEntityException:
            continue  # the stack was rolled back, and the role with it
        console.info(f"{role} deleted: API Gateway uses another one in {region}")
