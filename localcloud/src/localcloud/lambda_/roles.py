"""May Lambda assume this role, and may the role do what a function's configuration implies?"""

from __future__ import annotations

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.principals import role_session
from localcloud.lambda_.arns import as_list

_SERVICE = "lambda.amazonaws.com"
_SEND = {"sqs": "SendMessage", "sns": "Publish", "lambda": "InvokeFunction"}


class RoleChecks:
    """The checks that CreateFunction and its relatives make, with their errors."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def assumable(self, role_arn: str, region: str) -> None:
        """A role that is missing is refused in the same words."""
        iam = self._cloud.clients.client("iam", region)
        try:
            role = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise
            raise _not_assumable() from error
        statements = as_list(role["AssumeRolePolicyDocument"].get("Statement", []))
        if role["Arn"] != role_arn or not any(map(_trusts_lambda, statements)):
            raise _not_assumable()

    def may_attach_to_vpc(self, role_arn: str, region: str) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"""
        resource = f"arn:aws:ec2:{region}:{self._cloud.settings.account_id}:network-interface/*"
        if not self._may(role_arn, "ec2:CreateNetworkInterface", resource):
            raise ApiError(
                "InvalidParameterValueException",
                "The provided execution role does not have permissions to call "
                "CreateNetworkInterface on EC2",
            )

    def may_send_to(self, role_arn: str, target: str) -> None:
        """For a destination or a dead-letter queue."""
        service = target.split(":")[2]
        action = _SEND[service]
        if not self._may(role_arn, f"{service}:{action}", target):
            raise ApiError(
                "InvalidParameterValueException",
                f"The provided execution role does not have permissions to call {action} "
                f"on {service.upper()}",
            )

    def _may(self, role_arn: str, action: str, resource: str) -> bool:
        from localcloud.iam import Authority  # late: a cloud without IAM must not need it

        try:
            authority = self._cloud.get(Authority)
        except KeyError:
            return True
        return authority.allows(role_session(role_arn, "lambda"), action, resource).allowed


def _trusts_lambda(statement: dict[str, object]) -> bool:
    principal = statement.get("Principal", {})
    services = as_list(principal.get("Service", [])) if isinstance(principal, dict) else []
    actions = {str(action).lower() for action in as_list(statement.get("Action", []))}
    return (
        statement.get("Effect") == "Allow"
        and _SERVICE in services
        and bool(actions & {"sts:assumerole", "sts:*", "*"})
    )


def _not_assumable() -> ApiError:
    return ApiError(
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    )
