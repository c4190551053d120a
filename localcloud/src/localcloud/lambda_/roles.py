"""Whether Lambda may assume a role, and the role may do what a function's configuration implies."""

from __future__ import annotations

from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import role_session
from localcloud.iam import Authority
from localcloud.iam.permissions.ec2 import create_network_interface
from localcloud.iam.permissions.model import Permission
from localcloud.lambda_.errors import invalid_parameter

_SEND = {"sqs": "SendMessage", "sns": "Publish", "lambda": "InvokeFunction"}


class RoleChecks:
    """The checks that CreateFunction and its relatives make, with their errors."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def require_trust(self, role_arn: str, function_arn: str) -> None:
        """Require that Lambda can assume the role; a missing one is refused in the same words."""
        settings = self._cloud.settings
        # A cloud without IAM has roles all the same: moto's.
        authority = self._cloud.find(Authority) or Authority(settings.account_id, self._cloud.clock)
        if not authority.can_assume(role_arn, "lambda.amazonaws.com", function_arn):
            raise invalid_parameter(
                "The role defined for the function cannot be assumed by Lambda."
            )

    def may_attach_to_vpc(self, role_arn: str, region: str, config: dict[str, Any]) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"""
        account = self._cloud.settings.account_id
        for permission in create_network_interface(
            region, account, config["SubnetIds"], config["SecurityGroupIds"]
        ):
            if not self._has(role_arn, permission):
                raise _lacks("CreateNetworkInterface on EC2")

    def may_send_to(self, role_arn: str, target: str) -> None:
        """Require what a destination or a dead-letter queue needs."""
        service = target.split(":")[2]
        action = _SEND[service]
        if not self._has(role_arn, Permission(f"{service}:{action}", target)):
            raise _lacks(f"{action} on {service.upper()}")

    def _has(self, role_arn: str, permission: Permission) -> bool:
        authority = self._cloud.find(Authority)
        principal = role_session(role_arn, "lambda")
        return (
            authority is None
            or authority.allows(principal, permission.action, permission.resource).allowed
        )


def _lacks(permission: str) -> ApiError:
    message = f"The provided execution role does not have permissions to call {permission}"
    return invalid_parameter(message)
