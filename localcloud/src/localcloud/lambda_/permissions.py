"""What a function's role may do, and whom the function's resource policy allows to invoke it.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.principals import Principal, role_session
from localcloud.iam import Authority
from localcloud.iam.context import Context
from localcloud.iam.evaluate import consult
from localcloud.iam.permissions.aws_list import actions_like
from localcloud.iam.permissions.model import Permission
from localcloud.iam.policy import parsed
from localcloud.iam.roles import principal_exists
from localcloud.lambda_.errors import invalid_parameter
from localcloud.settings import ACCOUNT_ID

_ACCOUNT = re.compile(r"\d{12}")
Statements = list[dict[str, Any]]


class RoleChecks:
    """The checks that CreateFunction and its relatives make, with their errors."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def require_trust(self, role_arn: str, function_arn: str) -> None:
        """Require that Lambda can assume the role; a missing one is refused in the same words."""
        # A cloud without IAM has roles all the same: moto's.
        authority = self._cloud.find(Authority) or Authority(self._cloud.clock)
        if not authority.can_assume(role_arn, "lambda.amazonaws.com", function_arn):
            message = "The role defined for the function cannot be assumed by Lambda."
            raise invalid_parameter(message)

    def may_attach_to_vpc(self, role_arn: str, region: str, config: dict[str, Any]) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"""
        subnets, groups = config["SubnetIds"], config["SecurityGroupIds"]
        permissions = _create_network_interface(region, subnets, groups)
        if not all(self._has(role_arn, permission) for permission in permissions):
            raise _lacks("CreateNetworkInterface on EC2")

    def may_delete_interfaces(self, role_arn: str) -> bool:
        return self._has(role_arn, Permission("ec2:DeleteNetworkInterface", "*"))

    def may_send_to(self, role_arn: str, target: str) -> None:
        """Require what a destination needs."""
        if target.split(":")[2] != "sqs":
            raise not_emulated(f"the Lambda destination {target}")
        if not self._has(role_arn, Permission("sqs:SendMessage", target)):
            raise _lacks("SendMessage on SQS")

    def _has(self, role_arn: str, permission: Permission) -> bool:
        if (authority := self._cloud.find(Authority)) is None:
            return True
        principal = role_session(role_arn, "lambda")
        return authority.allows(principal, permission.action, permission.resource).allowed


def _create_network_interface(
    region: str, subnets: Iterable[str], groups: Iterable[str]
) -> list[Permission]:
    """A network interface in each of ``subnets``, with the security groups ``groups``."""
    resources = ["network-interface/*"]
    resources += [f"subnet/{subnet}" for subnet in subnets]
    resources += [f"security-group/{group}" for group in groups]
    arn = f"arn:aws:ec2:{region}:{ACCOUNT_ID}:"
    return [Permission("ec2:CreateNetworkInterface", arn + resource) for resource in resources]


def _lacks(permission: str) -> ApiError:
    message = f"The provided execution role does not have permissions to call {permission}"
    return invalid_parameter(message)


def check_permission(params: dict[str, Any]) -> None:
    """Raise the error of AWS for an action or a principal that does not exist."""
    prefix, _, action = params["Action"].partition(":")
    if prefix != "*" and not actions_like("lambda", action):
        raise invalid_parameter(f"The provided action is not valid: {params['Action']}")
    principal = params["Principal"]
    is_valid = principal == "*" or _ACCOUNT.fullmatch(principal) or "." in principal
    if principal.startswith("arn:"):
        is_valid = principal_exists(principal)
    if not is_valid:
        raise invalid_parameter(
            "The provided principal was invalid. Please check the principal and try again."
        )


def statement(params: dict[str, Any], arn: str) -> dict[str, Any]:
    """Return the policy statement that AddPermission adds."""
    conditions: dict[str, dict[str, str]] = {}
    if params.get("SourceArn"):
        conditions["ArnLike"] = {"AWS:SourceArn": params["SourceArn"]}
    equals = {
        "AWS:SourceAccount": params.get("SourceAccount"),
        "lambda:EventSourceToken": params.get("EventSourceToken"),
        "aws:PrincipalOrgID": params.get("PrincipalOrgID"),
    }
    if present := {key: value for key, value in equals.items() if value}:
        conditions["StringEquals"] = present
    result = {
        "Sid": params["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(params["Principal"]),
        "Action": params["Action"],
        "Resource": arn,
    }
    return {**result, "Condition": conditions} if conditions else result


def policy_document(statements: Statements) -> str:
    document = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return json.dumps(document, separators=(",", ":"))


def allows_service(statements: Statements, caller: Principal, arn: str) -> bool:
    """Whether ``caller``, a service that acts for a resource of ``account``, may invoke ``arn``."""
    keys = {"aws:SourceArn": caller.source_arn or "", "aws:SourceAccount": ACCOUNT_ID}
    policy = parsed(policy_document(statements))
    return consult([policy], caller, "lambda:InvokeFunction", arn, Context.of(keys)).allows


def _principal(text: str) -> Any:
    if text == "*":
        return "*"
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}
