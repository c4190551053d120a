"""May Lambda assume this role?"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.gateway.clients import Clients
from localcloud.gateway.errors import ApiError

_SERVICE = "lambda.amazonaws.com"


def check_assumable(role_arn: str, region: str, clients: Clients) -> None:
    """Raises as CreateFunction does, for a role that is missing too."""
    try:
        role = clients.client("iam", region).get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        raise _refused() from error
    statements = _listed(role["AssumeRolePolicyDocument"].get("Statement", []))
    if role["Arn"] != role_arn or not any(map(_trusts_lambda, statements)):
        raise _refused()


def _trusts_lambda(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else []
    actions = {action.lower() for action in _listed(statement.get("Action", []))}
    return (
        statement.get("Effect") == "Allow"
        and _SERVICE in services
        and bool(actions & {"sts:assumerole", "sts:*", "*"})
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _refused() -> ApiError:
    return ApiError(
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    )
