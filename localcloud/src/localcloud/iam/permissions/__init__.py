"""What a call needs: which IAM actions on which resources.

``aws_list`` has the resource types of an action, a ``Table`` the members of a call that name
them; a service that needs more has its own module. An unknown operation is refused by name.
"""

from collections.abc import Callable

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.identify import Call
from localcloud.iam.permissions import (
    control,
    dynamodb,
    lambda_,
    logs,
    messaging,
    s3,
    ses,
    tables,
)  # fmt: skip
from localcloud.iam.permissions.model import Permission, Unmapped

_SERVICES: dict[str, Callable[[Call], list[Permission]]] = {
    "apigateway": control.apigateway,
    "apigatewayv2": control.apigateway,
    "dynamodb": dynamodb.required_permissions,
    "fis": control.fis,
    "lambda": lambda_.required_permissions,
    "logs": logs.required_permissions,
    "route53-recovery-cluster": control.arc,
    "s3": s3.required_permissions,
    "sesv2": ses.required_permissions,
    "sns": messaging.sns,
    "sqs": messaging.sqs,
    "ssm": control.ssm,
    "stepfunctions": control.states,
}


def required_permissions(call: Call) -> list[Permission]:
    """Everything that ``call`` needs; an error that names the operation where that is not known."""
    try:
        return _SERVICES.get(call.service, tables.required_permissions)(call)
    except Unmapped as unmapped:
        raise not_emulated(f"the permissions of {call.action} ({unmapped})") from unmapped
    except KeyError as missing:
        raise not_emulated(f"the permissions of {call.action} without {missing}") from missing
